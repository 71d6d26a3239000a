# What every set-up script shares: how to speak, how to ask Debian, how to know what is already done.
# Sourced with ". deploy/setup/say.sh" from the top of the repository.
set -eu

say() { printf '  %s\n' "$*" >&2; }

# stop SENTENCE [COMMAND]: says what is missing and the exact command that brings it.
stop() {
    printf '\n  %s\n' "$1" >&2
    [ $# -lt 2 ] || printf '  Run this, then try again:\n\n      %s\n\n' "$2" >&2
    exit 1
}

# debian WHY PACKAGE...: installs packages as root, else prints the command.
debian() {
    why=$1
    shift
    command -v apt-get >/dev/null || stop "$why is missing, and there is no apt-get here to install it. On Debian the packages are: $*"
    [ "$(id -u)" = 0 ] || stop "$why is missing." "sudo apt-get update && sudo apt-get install -y --no-install-recommends $*"
    say "$why: apt-get install $*"
    # make -j may ask for several things at once, and apt-get takes one at a time.
    mkdir -p build
    exec 8>build/apt.lock
    if command -v flock >/dev/null; then flock 8; fi
    quietly apt-get update
    DEBIAN_FRONTEND=noninteractive quietly apt-get install -y --no-install-recommends "$@"
    exec 8>&-
}

# quietly COMMAND...: shows what a command printed only when it failed.
quietly() {
    mkdir -p build
    log=build/setup.$$.log
    if "$@" >"$log" 2>&1 </dev/null; then
        rm -f "$log"
    else
        tail -n 40 "$log" >&2
        rm -f "$log"
        stop "This command failed: $*"
    fi
}

# digest [FILE...]: one short name for the content of files, or of standard input.
digest() { cat "$@" | sha256sum | cut -c 1-16; }

# alone NAME: waits until no other set-up does the same work in this folder.
alone() {
    mkdir -p build
    exec 9>"build/$1.lock"
    if command -v flock >/dev/null; then flock 9; fi
}
