#!/bin/sh
# chromium.sh: makes sure that a Chromium or Chrome can be started for the browser tests.
. deploy/setup/say.sh
for name in chromium chromium-browser google-chrome google-chrome-stable; do
    if command -v "$name" >/dev/null; then exit 0; fi
done
debian "Chromium" chromium fonts-noto-core
