"""The packages that are served: what the locks name, what is installed, and what the build found in the app."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from deploy.release.served_packages import NotInstalled, read_npm_packages, read_python_packages, read_served_packages
from tests.support import repository

FLOORS = {"starlette": (1, 3, 1), "python-multipart": (0, 0, 27)}  # older ones have known weaknesses in forms


def version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split("."))


@pytest.mark.parametrize(("name", "floor"), FLOORS.items())
def test_no_list_allows_a_package_with_known_weaknesses(name: str, floor: tuple[int, ...]) -> None:
    allowed = re.findall(rf'"{name}>=([\d.]+)', repository.text("pyproject.toml"))
    locked = re.findall(rf"^{name}==([\d.]+)", repository.text("requirements/serve.txt"), re.MULTILINE)
    locked += re.findall(rf"^{name}==([\d.]+)", repository.text("requirements/test.txt"), re.MULTILINE)
    assert [version(text) for text in allowed] == [floor]
    assert len(locked) == 2
    assert all(version(text) >= floor for text in locked)


def test_every_locked_package_is_read_and_knows_who_needs_it() -> None:
    packages = {package.name: package for package in read_served_packages() if package.ecosystem == "pypi"}
    locked = set(re.findall(r"^([a-z][\w.-]*)==", repository.text("requirements/serve.txt"), re.MULTILINE))
    assert set(packages) == locked
    assert packages["starlette"].needed_by == ()
    assert packages["anyio"].needed_by == ("starlette",)
    assert set(packages["urllib3"].needed_by) == {"requests"}
    assert all(set(package.needed_by) <= locked for package in packages.values())


def test_every_script_of_others_that_is_in_the_app_is_read() -> None:
    """The licences beside the app name the same packages."""
    packages = [package for package in read_served_packages() if package.ecosystem == "npm"]
    licences = (repository.ROOT / "pwa/dist/app/licences.txt").read_text("utf-8")
    assert {"@hpke/common", "htmx.org", "idb"} <= {package.name for package in packages}
    assert "esbuild" not in {package.name for package in packages}
    assert [package for package in packages if f"{package.name} {package.version}\n" not in licences] == []


def test_what_is_not_as_locked_is_no_list(tmp_path: Path) -> None:
    with pytest.raises(NotInstalled, match="make setup"):
        read_python_packages("starlette==0.0.1 \\\n    --hash=sha256:00\n")
    with pytest.raises(NotInstalled, match="make setup"):
        read_python_packages("no-such-package==1 \\\n")
    assert read_python_packages("no-such-package==1 ; sys_platform == 'win32' \\\n") == []
    with pytest.raises(NotInstalled, match="make setup"):
        read_npm_packages(tmp_path)


def test_a_package_built_in_from_another_version_is_no_list(tmp_path: Path) -> None:
    (tmp_path / "dist").mkdir()
    (tmp_path / "node_modules/idb").mkdir(parents=True)
    (tmp_path / "dist/assets.json").write_text(json.dumps({"packages": {"idb": "8.0.3"}}))
    entry = {"version": "8.0.4", "integrity": "sha512-AA=="}
    lock = {"packages": {"": {"dependencies": {"idb": "8.0.4"}}, "node_modules/idb": entry}}
    (tmp_path / "package-lock.json").write_text(json.dumps(lock))
    (tmp_path / "node_modules/idb/package.json").write_text(json.dumps({"version": "8.0.4", "license": "ISC"}))
    with pytest.raises(NotInstalled, match=r"idb was built in as 8\.0\.3"):
        read_npm_packages(tmp_path)
