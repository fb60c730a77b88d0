#!/usr/bin/env bash
# Packages as others get them: each is made, has its papers, holds all that it embeds, and compiles beside the others from
# what is in it. `cargo package` alone would compile each by itself, with most dependencies anew.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
target=${CARGO_TARGET_DIR:-target}
case $target in /*) ;; *) target=$root/$target ;; esac

made=$target/packages
rm -rf "$made" "$target/package"
# What otcdb-tests needs has no version, and nobody gets it.
cargo package --workspace --exclude otcdb-tests --no-verify --allow-dirty --offline --quiet --target-dir "$target"
.ci/unpack.sh "$made" "$target"/package/*.crate

cd "$made"
for package in */; do
  for file in README.md LICENSE-APACHE LICENSE-MIT src/lib.rs; do
    [ -f "$package$file" ] || { printf '%s\n' "the package $package has no $file"; exit 1; }
  done
done
CARGO_TARGET_DIR=$target cargo check --workspace --offline --quiet
