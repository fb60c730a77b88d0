#!/usr/bin/env bash
# Builds the tools of `.ci/run` that are written in Rust into a folder: tools.sh FOLDER. They run for seconds, so that to optimize
# them more would take longer than it saves.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=$1
export CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 CARGO_PROFILE_RELEASE_DEBUG=false

tool() { # NAME VERSION OPTIMIZATION: in a target folder of its own, since another build would wait for the other's
  [ "$(cat "$folder/$1.version" 2>/dev/null)" = "$2" ] && return
  CARGO_PROFILE_RELEASE_OPT_LEVEL=$3 \
    cargo install "$1" --version "$2" --locked --quiet --root "$folder" --target-dir "$folder/target"
  printf '%s' "$2" >"$folder/$1.version"
}

tool cargo-semver-checks 0.51.0 1
tool cargo-deny 0.20.2 0
tool cargo-machete 0.9.2 0
