#!/usr/bin/env bash
# Fuzzes each target of tests/fuzz for SECONDS, or those that are named: .ci/fuzz.sh [SECONDS [TARGET…]]
#
# Stable Rust is enough: without a sanitizer, of which safe code has little, libFuzzer needs nothing of a nightly compiler.
# What is found stays in target/fuzz/artifacts; `target/ci-tools/bin/cargo-fuzz tmin` makes it small. It is mended where it is
# wrong, and the input becomes a test of that crate. What was learnt stays in target/fuzz/corpus, and the next run begins with it.
set -euo pipefail
cd "$(dirname "$0")/.."
export CARGO_TERM_COLOR=never
seconds=${1:-60}
shift $(($# > 0))

tools=target/ci-tools
mkdir -p "$tools"
fuzz=0.13.2
[ "$("$tools/bin/cargo-fuzz" --version 2>/dev/null)" = "cargo-fuzz $fuzz" ] ||
  cargo install cargo-fuzz --version "$fuzz" --locked --quiet --root "$tools" --target-dir target
options=(--fuzz-dir tests/fuzz --sanitizer none --codegen-units 16 --target-dir target/fuzz)
CARGO_INCREMENTAL=0 "$tools/bin/cargo-fuzz" build "${options[@]}"

rm -rf target/fuzz/seeds
python3 -B tests/fuzz/seeds.py target/fuzz/seeds
targets=("$@")
[ $# -gt 0 ] || mapfile -t targets < <("$tools/bin/cargo-fuzz" list --fuzz-dir tests/fuzz)
failed=()
for target in "${targets[@]}"; do
  printf '\n--- %s\n' "$target"
  mkdir -p target/fuzz/{corpus,seeds,artifacts}/"$target"
  # An input takes milliseconds; one that takes seconds grows faster than it is long.
  "$tools/bin/cargo-fuzz" run "${options[@]}" "$target" "target/fuzz/corpus/$target" "target/fuzz/seeds/$target" -- \
    -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -max_len=30000 -print_final_stats=1 -verbosity=0 \
    -artifact_prefix="target/fuzz/artifacts/$target/" || failed+=("$target")
done
[ ${#failed[@]} = 0 ] || { printf '\nfailed: %s\n' "${failed[*]}"; exit 1; }
