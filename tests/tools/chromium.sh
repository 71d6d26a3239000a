#!/bin/sh
# chromium.sh: makes sure that the browser tests can start a Chromium or Chrome and the program that drives it.
. deploy/setup/say.sh
missing=chromium
for name in chromium chromium-browser google-chrome google-chrome-stable; do
    if command -v "$name" >/dev/null; then missing=; fi
done
[ -z "$missing" ] || debian "Chromium" chromium fonts-noto-core

# Playwright's own node wants a library that a bare Debian leaves out.
driver=$(.venv/bin/python -c 'import pathlib, playwright; print(pathlib.Path(playwright.__file__).parent / "driver" / "node")')
"$driver" --version >/dev/null 2>&1 || debian "A library of Playwright" libatomic1
"$driver" --version >/dev/null 2>&1 || stop "Playwright's driver does not start: $driver"
