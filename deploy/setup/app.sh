#!/bin/sh
# app.sh: builds pwa/dist when anything it is made of has changed since the last time.
. deploy/setup/say.sh
alone app
made=$(find pwa/src pwa/build.mjs pwa/budget.json pwa/package-lock.json content/locale -type f 2>/dev/null | LC_ALL=C sort | xargs sha256sum | digest)
[ ! -e "pwa/dist/.done-$made" ] || exit 0
say "App: pwa/dist"
quietly npm --prefix pwa run build
rm -f pwa/dist/.done-*
: >"pwa/dist/.done-$made"
