#!/bin/sh
# python.sh serve|test: makes .venv from the locked requirements and puts the kunnafoni command into it.
# What is done is remembered in .venv by the digest of the lock file, so that a second run asks no network.
. deploy/setup/say.sh
set=$1
python=${PYTHON:-python3}

command -v "$python" >/dev/null || stop "Python 3.11 or newer is needed, and there is no $python here." "sudo apt-get install -y python3 python3-venv"
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    stop "Python 3.11 or newer is needed; $python is $("$python" -V). Another one can be named: make $set PYTHON=python3.12"

alone python
done=.venv/.done
# A folder that was moved, or another Python, makes a new environment.
made=$done/made-$("$python" -c 'import sys; print(sys.version_info[:2], sys.executable)' | { cat; pwd; } | digest)
locked=$(digest "requirements/$set.txt" pyproject.toml)
if [ -e "$made" ] && { [ -e "$done/test-$locked" ] || [ -e "$done/$set-$locked" ]; }; then exit 0; fi

if [ ! -e "$made" ]; then
    "$python" -c 'import ensurepip, venv' 2>/dev/null ||
        debian "Python's venv module" "$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')"
    say "Python environment: .venv ($("$python" -V))"
    quietly "$python" -m venv --clear .venv
    mkdir -p "$done"
    : >"$made"
fi
say "Python packages: requirements/$set.txt"
quietly .venv/bin/python -m pip --disable-pip-version-check install --require-hashes --no-deps -r "requirements/$set.txt"
quietly .venv/bin/python -m pip --disable-pip-version-check install --no-deps --no-build-isolation --no-index -e .
: >"$done/$set-$locked"
