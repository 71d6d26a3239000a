#!/bin/sh
# packages.sh FOLDER serve|test: installs what FOLDER/package-lock.json names, for serving without what only tests need.
. deploy/setup/say.sh
folder=$1
set=$2
alone "packages-$(basename "$folder")"
done=$folder/node_modules/.done
locked=$(digest "$folder/package.json" "$folder/package-lock.json")
if [ -e "$done-test-$locked" ] || [ -e "$done-$set-$locked" ]; then exit 0; fi
say "npm packages: $folder/package-lock.json"
omit=
[ "$set" = test ] || omit=--omit=dev
# shellcheck disable=SC2086 -- an empty omit is no argument
quietly npm --prefix "$folder" ci $omit
: >"$done-$set-$locked"
