"""The bill of materials of a release in CycloneDX: what is served, what is compiled into it, and what needs what.

    python -m deploy.release.sbom [FILE]

`make sbom` writes build/sbom.cdx.json. Nothing is written that CycloneDX's own schema refuses.
"""

from __future__ import annotations

import base64
import sys
from collections.abc import Iterable
from pathlib import Path

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom, BomMetaData
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL

from deploy.release.licence_tables import licence_of
from deploy.release.served_packages import (
    ROOT,
    EmbeddedComponent,
    NotInstalled,
    ServedPackage,
    read_served_packages,
)
from server.program import VERSION

SCHEMA = SchemaVersion.V1_6  # the newest that most readers of such files know


class InvalidBillOfMaterials(Exception):
    """The written file breaks the schema of CycloneDX."""


def write_bill(packages: Iterable[ServedPackage], version: str) -> str:
    """The bill as JSON. Raises InvalidBillOfMaterials."""
    packages = list(packages)
    licences = LicenseFactory()
    program = Component(
        name="kunnafoni",
        version=version,
        type=ComponentType.APPLICATION,
        bom_ref=f"kunnafoni@{version}",
        licenses=[licences.make_with_id("AGPL-3.0-or-later")],
    )
    components = {(package.ecosystem, package.name): _component(package, licences) for package in packages}
    bom = Bom(metadata=BomMetaData(component=program), components=components.values())
    needs: dict[Component, list[Component]] = {program: [], **{component: [] for component in components.values()}}
    for package in packages:
        component = components[package.ecosystem, package.name]
        needing = [components[package.ecosystem, name] for name in package.needed_by]
        for other in needing or [program]:
            needs[other].append(component)
    for component, needed in needs.items():
        bom.register_dependency(component, needed)
    written = str(JsonV1Dot6(bom).output_as_string(indent=1)) + "\n"
    if error := JsonStrictValidator(SCHEMA).validate_str(written):
        raise InvalidBillOfMaterials(str(error))
    return written


def _component(package: ServedPackage, licences: LicenseFactory) -> Component:
    group, _, name = package.name.rpartition("/")  # npm's scope
    purl = PackageURL(package.ecosystem, group or None, name, package.version)
    return Component(
        name=name,
        group=group or None,
        version=package.version,
        type=ComponentType.LIBRARY,
        bom_ref=purl.to_string(),
        purl=purl,
        licenses=[licences.make_from_string(licence_of(package))],
        hashes=[_archive_hash(package.integrity)] if package.integrity else [],
        components=[_embedded(part, purl.to_string(), licences) for part in package.embedded],
    )


def _archive_hash(integrity: str) -> HashType:
    algorithm, _, digest = integrity.partition("-")
    if algorithm != "sha512":
        raise InvalidBillOfMaterials(f"{integrity!r} is no digest that npm's lock files have")
    return HashType(alg=HashAlgorithm.SHA_512, content=base64.b64decode(digest).hex())


def _embedded(part: EmbeddedComponent, inside: str, licences: LicenseFactory) -> Component:
    return Component(
        name=part.name,
        version=part.version or None,
        type=ComponentType.LIBRARY,
        bom_ref=f"{inside}#{part.name}@{part.version}",
        purl=PackageURL.from_string(part.purl) if part.purl else None,
        licenses=[licences.make_from_string(licence) for licence in part.licences[:1]],
    )


def main(arguments: list[str]) -> int:
    target = Path(arguments[0]) if arguments else ROOT / "build/sbom.cdx.json"
    try:
        packages = read_served_packages()
        written = write_bill(packages, VERSION)
    except (NotInstalled, InvalidBillOfMaterials) as error:
        print(error, file=sys.stderr)
        return 1
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(written, "utf-8")
    inside = sum(len(package.embedded) for package in packages)
    print(f"{target}: {len(packages)} packages, and {inside} libraries compiled into them")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
