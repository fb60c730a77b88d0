#!/usr/bin/env bash
# unpack.sh FOLDER PACKAGE…: makes a workspace of packages that are for others, in a folder that is not there yet. They find
# each other and not a registry, with the versions and profiles of this workspace.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
folder=$1
shift
mkdir -p "$folder"
for package in "$@"; do
  # All files of a package have one time of long ago, by which cargo would take a new one for built.
  tar -xmzf "$package" -C "$folder"
done
cd "$folder"
# Those that are not for others have come along.
for manifest in */Cargo.toml; do
  ! grep -qx 'publish = false' "$manifest" || rm -r "$(dirname "$manifest")"
done
{
  printf '[workspace]\nresolver = "3"\nmembers = ["*-*.*.*"]\n\n[patch.crates-io]\n'
  for package in */; do
    package=${package%/}
    printf '%s = { path = "%s" }\n' "$(sed -n 's/^name = "\(.*\)"$/\1/p;T;q' "$package/Cargo.toml")" "$package"
  done
  printf '\n'
  sed -n '/^\[profile/,$p' "$root/Cargo.toml"
} >Cargo.toml
cp "$root/Cargo.lock" .
