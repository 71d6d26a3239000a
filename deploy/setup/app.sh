#!/bin/sh
# app.sh: builds pwa/dist when anything it is made of (pwa/inputs.txt) has changed since the last time.
. deploy/setup/say.sh
alone app
made=$(xargs -I {} find {} -type f <pwa/inputs.txt | LC_ALL=C sort | xargs sha256sum | digest)
[ ! -e "pwa/dist/.done-$made" ] || exit 0
say "App: pwa/dist"
quietly npm --prefix pwa run build
rm -f pwa/dist/.done-*
: >"pwa/dist/.done-$made"
