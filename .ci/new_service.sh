#!/usr/bin/env bash
# A service is a folder: what `tests/toy` describes is put into a copy of the project as `openapi/toy`, and `cargo xtask
# codegen` has to make a client, commands, a simulator and tests of it. No other file is touched by hand.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
copy=$(mktemp -d)
cloud=
trap '[ -z "$cloud" ] || kill "$cloud"; rm -rf "$copy"' EXIT
tar -cf - --exclude=./target --exclude=./.git . | tar -xmf - -C "$copy"
cp -R tests/toy "$copy/openapi/toy"

# The copy shares what is built of other people's crates. Its own crates have another version, so that cargo keeps what is
# built of them apart from what is built here.
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$root/target}
case $CARGO_TARGET_DIR in /*) ;; *) CARGO_TARGET_DIR=$root/$CARGO_TARGET_DIR ;; esac
export CARGO_NET_OFFLINE=true
cd "$copy"
sed -i.bak -e 's/^version = ".*"$/version = "0.0.0-toy"/' -e '/^otcdb.* = { path = /s/version = "[^"]*"/version = "0.0.0-toy"/' Cargo.toml
grep -q '^version = "0.0.0-toy"$' Cargo.toml
rm Cargo.toml.bak

cargo xtask codegen
cargo build --quiet -p otcdb-cli -p otcdb-toy
otcdb=$copy/otcdb
# The next build of the project itself puts its own program back.
cp "$CARGO_TARGET_DIR/debug/otcdb" "$otcdb"

says() { # TEXT COMMAND…: the command succeeds, and the text is in what it says
  local text=$1 said
  shift
  said=$("$@" 2>&1) || { printf '%s\n' "failed: $*" "$said"; exit 1; }
  grep -qF -- "$text" <<<"$said" || { printf '%s\n' "no $text from: $*" "$said"; exit 1; }
}
# It answers MAKING, as its example has it; that the thing is ON is known only after waiting.
says 'status  ON' "$otcdb" toy create-thing --body '{"name":"n"}' --simulate --wait
says 'status  ON' "$otcdb" toy show-thing --thing-id t --simulate
says 'ID  STATUS' "$otcdb" toy list-things --simulate

# The variables that lead a client to a simulated cloud lead to the new service, too.
exec 3< <(exec "$otcdb" simulate)
cloud=$!
while read -r line <&3; do
  case $line in
    export*) eval "$line" ;;
    '# With'*) break ;;
  esac
done
says "$OTCDB_TOY_ENDPOINT" "$otcdb" auth check
says 'ID  STATUS' "$otcdb" toy list-things
says '"things"' "$otcdb" api GET '/v1/{project_id}/things'
kill "$cloud"
cloud=

# Snapshots of its examples are the only thing that a person would read.
INSTA_UPDATE=always cargo test --quiet -p otcdb-tests --test documented -- toy --format pretty | tee toy-examples.txt
grep -qE 'ok\. [1-9][0-9]* passed' toy-examples.txt
# Its operations are called, and its resource keeps the contract, without a test of its own.
grep -qE '^test simulated::toy::CreateThing +\.\.\. ok' toy-examples.txt
grep -qE '^test contract::toy::thing +\.\.\. ok' toy-examples.txt
cargo xtask codegen --check
cargo xtask lint
