"""The bill of materials: valid by CycloneDX's own schema, complete, and with what needs what."""

from __future__ import annotations

import dataclasses
import json

import pytest
from cyclonedx.validation.json import JsonStrictValidator

from deploy.release.sbom import SCHEMA, InvalidBillOfMaterials, write_bill
from deploy.release.served_packages import ServedPackage, read_served_packages

SERVED = read_served_packages()
BILL = write_bill(SERVED, "0.1.0")
READ = json.loads(BILL)


def test_the_bill_keeps_the_schema_of_cyclonedx_and_the_check_can_fail() -> None:
    validator = JsonStrictValidator(SCHEMA)
    assert validator.validate_str(BILL) is None
    assert validator.validate_str(BILL.replace('"type": "library"', '"type": "a thing"')) is not None


def test_every_served_package_is_in_it_with_version_licence_and_address() -> None:
    addresses = {component["purl"] for component in READ["components"]}
    assert len(addresses) == len(SERVED)
    assert {"pkg:pypi/xlrd@2.0.1", "pkg:npm/%40hpke/core@1.9.0"} <= addresses
    assert [component["name"] for component in READ["components"] if not component["licenses"]] == []
    npm = [component for component in READ["components"] if component["purl"].startswith("pkg:npm/")]
    assert all(len(component["hashes"][0]["content"]) == 128 for component in npm)


def test_what_is_compiled_into_a_package_stands_inside_it() -> None:
    inside = {
        (component["name"], part["name"])
        for component in READ["components"]
        for part in component.get("components", [])
    }
    assert {("cryptography", "openssl"), ("nh3", "ammonia"), ("pyrage", "age")} <= inside


def test_everything_is_reached_from_the_program() -> None:
    needs = {row["ref"]: row.get("dependsOn", []) for row in READ["dependencies"]}
    reached, waiting = set[str](), ["kunnafoni@0.1.0"]
    while waiting:
        ref = waiting.pop()
        if ref not in reached:
            reached.add(ref)
            waiting += needs.get(ref, [])
    assert {component["bom-ref"] for component in READ["components"]} <= reached
    assert "pkg:pypi/xlrd@2.0.1" not in needs["kunnafoni@0.1.0"]


def test_a_bill_that_breaks_the_schema_is_not_written() -> None:
    package = ServedPackage("npm", "plain", "1", "MIT", ("text",), integrity="md5-AA==")
    with pytest.raises(InvalidBillOfMaterials):
        write_bill([package], "0.1.0")
    assert json.loads(write_bill([dataclasses.replace(package, integrity="")], "0.1.0"))["bomFormat"] == "CycloneDX"
