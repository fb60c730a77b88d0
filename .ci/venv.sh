#!/usr/bin/env bash
# A virtual environment of Python with exactly what a file asks for: .ci/venv.sh FOLDER REQUIREMENTS
set -euo pipefail
# pip comes last, so that one whose making was cut short is made anew.
[ -x "$1/bin/pip" ] || python3 -m venv --clear "$1"
"$1/bin/pip" install --quiet --disable-pip-version-check --no-deps --requirement "$2"
