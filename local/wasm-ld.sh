#!/usr/bin/env bash
# Links a component's core module as `wasm-ld` does, and lets binaryen make it smaller: by a sixth. For wasm-component-ld, which
# local/wasm.sh tells of it; WASM_LD is the linker itself.
set -euo pipefail

features=(bulk-memory multivalue mutable-globals nontrapping-float-to-int reference-types sign-ext)

"$WASM_LD" "$@"
while [[ $# -gt 1 && $1 != -o ]]; do shift; done
[[ $# -gt 1 ]] || { echo "wasm-ld.sh: no -o FILE" >&2; exit 1; }
wasm-opt -Oz "${features[@]/#/--enable-}" "$2" -o "$2"
