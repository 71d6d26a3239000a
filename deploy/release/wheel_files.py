"""Files of the wheel beside the modules: the built app and the content, as `server/installed`.

setuptools calls it (pyproject.toml). A checkout reads both from where they are made, so an editable installation
gets neither.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from setuptools.command.build_py import build_py
from setuptools.errors import SetupError

FOLDERS = {"app": "pwa/dist", "content": "content"}  # name in the wheel, folder in the repository
BUILD_MARKS = shutil.ignore_patterns(".done-*")


class BuildWithSite(build_py):  # type: ignore[misc]  # setuptools carries no types
    """Copies the modules, then the app and the content. Raises SetupError if the app is not built."""

    def run(self) -> None:
        super().run()
        if self.editable_mode:
            return
        if not Path("pwa/dist/assets.json").is_file():
            raise SetupError("the app is not built: run `make install` first")
        for name, folder in FOLDERS.items():
            target = Path(self.build_lib, "server", "installed", name)
            shutil.rmtree(target, ignore_errors=True)
            shutil.copytree(folder, target, ignore=BUILD_MARKS)
