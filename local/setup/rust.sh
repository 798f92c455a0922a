#!/usr/bin/env bash
# Makes sure that cargo is there with rustfmt and clippy; says how to get it where it is not.
set -euo pipefail
if ! command -v cargo >/dev/null && [[ -x $HOME/.cargo/bin/cargo ]]; then
  echo "rust.sh: cargo is in $HOME/.cargo/bin, which is not on PATH: run '. $HOME/.cargo/env'" >&2
  exit 1
fi
if ! command -v cargo >/dev/null; then
  echo "rust.sh: Rust is missing. Install it as https://rustup.rs says, 1.95 or newer, and run this again." >&2
  exit 1
fi
wanted=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' "$(dirname "${BASH_SOURCE[0]}")/../../Cargo.toml")
have=$(rustc --version | cut -d' ' -f2)
if [[ $(printf '%s\n%s\n' "$wanted" "$have" | sort -V | head -n 1) != "$wanted" ]]; then
  echo "rust.sh: Rust $have is too old, $wanted is needed: run 'rustup update stable'" >&2
  exit 1
fi
