#!/bin/sh
# Make a virtual environment in the folder $1 with the first Python that is new enough.
set -eu

new_enough='import sys; sys.exit(sys.version_info < (3, 11))'
for python in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11 python}; do
    if command -v "$python" >/dev/null 2>&1 && "$python" -c "$new_enough" 2>/dev/null; then
        "$python" -m venv "$1" && exit 0
        rm -rf "$1"
        echo "$python cannot make a virtual environment. On Debian or Ubuntu: apt install python3-venv" >&2
        exit 1
    fi
done
echo "Genba needs Python 3.11 or newer, and there is none on PATH (name one: make run PYTHON=/path/to/python3)" >&2
exit 1
