#!/usr/bin/env bash
# Installs a package of Debian where its program is missing: .ci/debian.sh PROGRAM PACKAGE. It has to be root.
set -euo pipefail
command -v "$1" >/dev/null && exit
log=$(mktemp)
trap 'rm -f "$log"' EXIT
{ apt-get update && apt-get install --yes --no-install-recommends "$2"; } >"$log" 2>&1 ||
  { tail "$log" >&2; echo "$0: there is no $1; install it" >&2; exit 1; }
