#!/usr/bin/env bash
# The public API of the crates that programs call, against that of .ci/semver.tar.xz: what breaks a program needs another
# version.
#
#   .ci/semver.sh              compares, with the packages that .ci/packages.sh has made; TOOL names cargo-semver-checks
#   .ci/semver.sh --baseline   takes the packages as they are now for the ones to compare with: after a release
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
baseline=$root/.ci/semver.tar.xz
tool=$(command -v "${TOOL:-cargo-semver-checks}" || true)
target=${CARGO_TARGET_DIR:-target}
case $target in /*) ;; *) target=$root/$target ;; esac
before=$target/semver/before

# Sources and not rustdoc's JSON are kept: its form changes with the toolchain, and both sides have to have the same.
if [ "${1:-}" = --baseline ]; then
  .ci/packages.sh
  rm -rf "$target/semver"
  mkdir "$target/semver"
  cp -R "$target/packages" "$before"
  cd "$before"
  # What the program and the tools are made of is no API for others.
  rm -r otcdb-apidocs-* otcdb-cli-*
  sed -i '/^otcdb-\(apidocs\|cli\) = /d' Cargo.toml
  # What is no code has to be there, and may be empty.
  rm -f ./*/Cargo.lock ./*/Cargo.toml.orig ./*/.cargo_vcs_info.json ./*/LICENSE-*
  find . -mindepth 2 -type f ! -path './*/src/*.rs' ! -name build.rs ! -name Cargo.toml -exec truncate --size 0 {} +
  # Build scripts read these.
  find . -mindepth 2 -type f -name '*.json' | while read -r file; do printf '{}' >"$file"; done
  # Services are alike, so that one archive is a third of as many as there are packages.
  tar -c --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -- * | xz -9e >"$baseline"
  exit
fi

[ -n "$tool" ] || { printf '%s\n' "there is no ${TOOL:-cargo-semver-checks}; cargo install cargo-semver-checks"; exit 1; }

rm -rf "$target/semver"
mkdir -p "$before"
python3 -m tarfile --extract "$baseline" "$before"
# All have one time of long ago, by which cargo would take a new one for built.
find "$before" -type f -exec touch {} +
# A folder deeper than the packages of now: cargo tells packages of workspaces apart by their place in these, and would take what
# the build script of one has written for the other's.
# With the dependencies and profiles of now, what both need is built once, and no difference is one of theirs.
{
  sed -e '/^\[profile/,$d' -e 's|^members = \["|&before/|' -e 's|path = "|&before/|' "$before/Cargo.toml"
  sed -n '/^\[profile/,$p' "$root/Cargo.toml"
} >"$target/semver/Cargo.toml"
rm "$before/Cargo.toml" "$before/Cargo.lock"
cp "$root/Cargo.lock" "$target/semver"

# Only rustdoc is told to do what is not stable yet: build scripts that see the variable build differently.
cat >"$target/semver/rustdoc" <<'END'
#!/bin/sh
RUSTC_BOOTSTRAP=1 exec rustdoc "$@" -Z unstable-options --output-format json --cap-lints allow
END
chmod +x "$target/semver/rustdoc"
document() { # WORKSPACE FOLDER NAME: writes the JSON of the packages in a workspace's folder below NAME
  local workspace=$1 folder=$2 package feature flags=()
  for package in "$before"/*/; do
    package=$(basename "$package")
    package=${package%-*.*.*}
    case $package in otcdb | otcdb-bundles | otcdb-openapi) continue ;; esac
    flags+=(-p "$package")
    for feature in files schemars; do
      ! grep -q "^$feature = " "$folder/$package"-[0-9]*/Cargo.toml || flags+=(--features "$package/$feature")
    done
  done
  rm -f "$target"/doc/*.json
  (
    cd "$workspace"
    RUSTDOC=$target/semver/rustdoc cargo doc --no-deps --quiet --target-dir "$target" "${flags[@]}"
  )
  mkdir "$target/semver/$3"
  mv "$target"/doc/*.json "$target/semver/$3"
}
document "$target/semver" "$before" old
document "$target/packages" "$target/packages" new

failed=0
for old in "$target"/semver/old/*.json; do
  new=$target/semver/new/${old##*/}
  printf '%s\n' "${old##*/}"
  "$tool" semver-checks --baseline-rustdoc "$old" --current-rustdoc "$new" || failed=1
done
[ $failed = 0 ] || printf '%s\n' \
  'A break that is meant raises version in Cargo.toml. Until a version is released, .ci/semver.sh --baseline takes it as it is.'
exit $failed
