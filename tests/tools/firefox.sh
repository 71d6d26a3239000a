#!/bin/sh
# firefox.sh: makes sure that the browser tests can start Firefox.
. deploy/setup/say.sh
command -v firefox-esr >/dev/null || command -v firefox >/dev/null || debian "Firefox" firefox-esr
