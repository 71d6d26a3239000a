#!/bin/sh
# hooks.sh: puts the hook that checks commit subjects into this clone, unless it has one of its own.
. deploy/setup/say.sh
hooks=$(git rev-parse --git-path hooks 2>/dev/null) || exit 0 # an exported tree has no commits
[ -e "$hooks/commit-msg" ] || {
    say "Commit subjects: $hooks/commit-msg"
    mkdir -p "$hooks"
    cp tests/tools/commit-msg "$hooks/commit-msg"
}
