#!/usr/bin/env bash
# The public API of the crates that programs call, against that of the packages in .ci/semver: what breaks a program needs
# another version.
#
#   .ci/semver.sh              compares, with the packages that .ci/packages.sh has made; TOOL names cargo-semver-checks
#   .ci/semver.sh --baseline   takes the packages as they are now for the ones to compare with: after a release
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
baseline=$root/.ci/semver
tool=$(command -v "${TOOL:-cargo-semver-checks}" || true)
target=${CARGO_TARGET_DIR:-target}
case $target in /*) ;; *) target=$root/$target ;; esac

# What the program and the tools are made of is no API for others.
made() {
  find "$target/package" -maxdepth 1 -name 'otcdb*.crate' |
    grep -vE '/otcdb-(apidocs|cli|stub|testing|tests)-[0-9]' | sort
}

if [ "${1:-}" = --baseline ]; then
  .ci/packages.sh
  rm -rf "$baseline"
  mkdir "$baseline"
  made | while read -r package; do cp "$package" "$baseline"; done
  exit
fi

if [ ! -d "$baseline" ]; then
  printf '%s\n' 'nothing was released yet; .ci/semver.sh --baseline takes what there is for a release'
  exit
fi

[ -n "$tool" ] || { printf '%s\n' "there is no ${TOOL:-cargo-semver-checks}; cargo install cargo-semver-checks"; exit 1; }

# Sources and not rustdoc's JSON are kept: its form changes with the toolchain, and both sides have to have the same.
before=$target/semver/before
rm -rf "$target/semver"
.ci/unpack.sh "$before" "$baseline"/*.crate

# Only rustdoc is told to do what is not stable yet: build scripts that see the variable build differently.
cat >"$target/semver/rustdoc" <<'END'
#!/bin/sh
RUSTC_BOOTSTRAP=1 exec rustdoc "$@" -Z unstable-options --output-format json --cap-lints allow
END
chmod +x "$target/semver/rustdoc"
document() { # FOLDER NAME: writes the JSON of the packages in a folder below NAME
  local folder=$1 package feature flags=()
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
    cd "$folder"
    RUSTDOC=$target/semver/rustdoc cargo doc --no-deps --offline --quiet --target-dir "$target" "${flags[@]}"
  )
  mkdir "$target/semver/$2"
  mv "$target"/doc/*.json "$target/semver/$2"
}
document "$before" old
document "$target/packages" new

failed=0
for old in "$target"/semver/old/*.json; do
  new=$target/semver/new/${old##*/}
  printf '%s\n' "${old##*/}"
  "$tool" semver-checks --baseline-rustdoc "$old" --current-rustdoc "$new" || failed=1
done
exit $failed
