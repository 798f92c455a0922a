#!/usr/bin/env bash
# Builds functions of this workspace as WebAssembly components for Spin.
#
#   local/wasm.sh NAME...        functions/NAME becomes target/wasm/NAME.wasm
#
# rustup's wasm32-wasip2 target is used where it is installed or can be fetched. Elsewhere Debian's compiler for
# the web builds it, with the standard library from source; WASM_TOOLCHAIN=rustup or =debian chooses one of them.
# The build has a target folder of its own, so that it never waits for, or spoils, the native one. Debian's binaryen makes what is linked smaller.
set -euo pipefail

target=wasm32-wasip2
# Bytes that a component may have: its size is most of its cold start.
largest=1500000
debian_packages=(rustc-web cargo-web rust-web-src wasi-libc)

say() { echo "wasm.sh: $*" >&2; }
fail() { say "$@"; exit 1; }

has_rustup_target() {
  command -v rustup >/dev/null && rustup target list --installed | grep -qx "$target"
}

fetch_rustup_target() {
  command -v rustup >/dev/null || return 1
  say "rustup target add $target"
  RUSTUP_MAX_RETRIES=0 timeout 60 rustup target add "$target" >&2
}

has_debian_packages() {
  command -v dpkg >/dev/null && dpkg -s "${debian_packages[@]}" >/dev/null 2>&1
}

install_debian_packages() {
  local as_root=()
  if [[ $EUID -ne 0 ]]; then
    if ! command -v sudo >/dev/null || ! sudo -n true 2>/dev/null; then return 1; fi
    as_root=(sudo -n)
  fi
  command -v apt-get >/dev/null || return 1
  say "installing ${debian_packages[*]}"
  "${as_root[@]}" apt-get install -y --no-install-recommends "${debian_packages[@]}" >&2
}

# The file of an installed Debian package whose path ends so.
file_of() {
  local path
  path=$(dpkg -L "$1" | grep -- "$2\$" | head -n 1)
  [[ -n $path ]] || fail "package $1 has no file $2"
  echo "$path"
}

# Debian's compiler knows the target but has no library for it and no linker; rustup's toolchain has the linkers.
use_debian() {
  has_debian_packages || install_debian_packages ||
    fail "no $target: run 'rustup target add $target', or 'apt-get install ${debian_packages[*]}' as root"
  local rustc libc linkers
  rustc=$(file_of rustc-web /bin/rustc)
  libc=$(file_of wasi-libc /libc.a)
  cargo=$(file_of cargo-web /bin/cargo)
  if ! command -v wasm-component-ld >/dev/null; then
    linkers=$(rustup run "${RUSTUP_TOOLCHAIN:-stable}" rustc --print target-libdir 2>/dev/null) ||
      fail "no wasm-component-ld: run 'cargo install wasm-component-ld' and 'apt-get install lld', or install rustup"
    linkers=$(dirname "$linkers")/bin
    PATH=$(dirname "$rustc"):$PATH:$linkers:$linkers/gcc-ld
  fi
  libc=$(dirname "$libc")
  export PATH RUSTC="$rustc" RUSTC_BOOTSTRAP=1 RUSTFLAGS="-L native=$libc"
  options+=("-Zbuild-std=std,panic_abort")
}

choose_toolchain() {
  case ${WASM_TOOLCHAIN:-} in
    debian) use_debian ;;
    rustup) has_rustup_target || fetch_rustup_target || fail "rustup has no $target" ;;
    "") has_rustup_target || fetch_rustup_target || use_debian ;;
    *) fail "WASM_TOOLCHAIN is rustup or debian, not $WASM_TOOLCHAIN" ;;
  esac
}

# LLVM's linker is in rustup's toolchain, or a package of its own; binaryen is not.
choose_linker() {
  local host
  host=$(dirname "$(rustc --print target-libdir)")
  WASM_LD=$(PATH=$host/bin/gcc-ld:$PATH command -v wasm-ld) || fail "no wasm-ld: run 'apt-get install lld' as root"
  export WASM_LD
  local/setup/system.sh wasm-opt
  linking=(-C "link-arg=--wasm-ld-path=$PWD/local/wasm-ld.sh")
}

# A running host may have the old file open: the new one takes its place whole.
build() {
  local name=$1 built
  "$cargo" rustc --quiet --profile wasm --package "$name" --lib --crate-type cdylib "${options[@]}" -- "${linking[@]}"
  built=$folder/$target/wasm/${name//-/_}.wasm
  [[ $(stat -c %s "$built") -le $largest ]] || fail "$name: $(stat -c %s "$built") bytes, more than $largest"
  cmp -s "$built" "target/wasm/$name.wasm" && return
  cp "$built" "target/wasm/.$name.wasm.new"
  mv "target/wasm/.$name.wasm.new" "target/wasm/$name.wasm"
}

cd "$(dirname "${BASH_SOURCE[0]}")/.."
[[ $# -gt 0 ]] || fail "usage: local/wasm.sh NAME..."
for name in "$@"; do
  [[ -f functions/$name/Cargo.toml ]] || fail "there is no functions/$name"
done

cargo=cargo
folder=${CARGO_TARGET_DIR:-target}/wasm-build
options=(--target "$target" --target-dir "$folder")
choose_toolchain
choose_linker
mkdir -p target/wasm
for name in "$@"; do
  build "$name"
  say "target/wasm/$name.wasm, $(($(stat -c %s "target/wasm/$name.wasm") / 1024)) KiB"
done
