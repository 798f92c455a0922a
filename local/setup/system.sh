#!/usr/bin/env bash
# Makes sure that the programs named are there: `system.sh postgres nginx ...`. Installs them with apt as root or with sudo;
# elsewhere says exactly what to install. Quick when nothing is missing.
set -euo pipefail

say() { echo "system.sh: $*" >&2; }

# Debian keeps the servers' binaries out of PATH.
has() {
  case $1 in
    postgres) command -v initdb >/dev/null || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || compgen -G '/usr/pgsql-*/bin/initdb' >/dev/null || compgen -G '/opt/homebrew/opt/postgresql@*/bin/initdb' >/dev/null ;;
    nginx) command -v nginx >/dev/null || [[ -x /usr/sbin/nginx ]] ;;
    venv) python3 -c 'import venv, ensurepip' 2>/dev/null ;;
    prometheus) command -v prometheus >/dev/null && command -v promtool >/dev/null ;;
    alertmanager) { command -v prometheus-alertmanager || command -v alertmanager; } >/dev/null && command -v amtool >/dev/null ;;
    exporters) for exporter in nginx redis postgres node; do command -v "prometheus-$exporter-exporter" >/dev/null || return 1; done ;;
    faketime) compgen -G '/usr/lib/*/faketime/libfaketime.so.1' >/dev/null ;;
    redis) command -v redis-server >/dev/null && command -v redis-cli >/dev/null ;;
    *) command -v "$1" >/dev/null ;;
  esac
}

# program -> Debian package, Fedora package, Homebrew formula
packages() {
  case $1 in
    postgres) echo "postgresql postgresql-server postgresql@17" ;;
    nginx) echo "nginx nginx nginx" ;;
    venv) echo "python3-venv python3 python@3" ;;
    redis) echo "redis-server redis redis" ;;
    alertmanager) echo "prometheus-alertmanager alertmanager prometheus-alertmanager" ;;
    exporters) echo "prometheus-nginx-exporter+prometheus-redis-exporter+prometheus-postgres-exporter+prometheus-node-exporter golang-github-prometheus-node-exporter node_exporter" ;;
    cc) echo "gcc gcc gcc" ;;
    gnuplot) echo "gnuplot-nox gnuplot gnuplot" ;;
    wasm-opt) echo "binaryen binaryen binaryen" ;;
    pkg-config) echo "pkg-config pkgconf-pkg-config pkg-config" ;;
    *) echo "$1 $1 $1" ;;
  esac
}

missing=()
for program in "$@"; do has "$program" || missing+=("$program"); done
[[ ${#missing[@]} -gt 0 ]] || exit 0

debian=() fedora=() homebrew=()
for program in "${missing[@]}"; do
  read -r d f b <<<"$(packages "$program")"
  IFS=+ read -ra several <<<"$d" # as Debian splits it
  debian+=("${several[@]}") fedora+=("$f") homebrew+=("$b")
done

as_root=()
if [[ $EUID -ne 0 ]]; then as_root=(sudo -n); fi
if command -v apt-get >/dev/null && { [[ $EUID -eq 0 ]] || sudo -n true 2>/dev/null; }; then
  say "installing ${debian[*]}"
  # Servers are ours to start: no service of the system's own. Packages ask this file, where there is none, whether they may start what they bring.
  policy=/usr/sbin/policy-rc.d
  if [[ ! -e $policy ]]; then
    printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null
    "${as_root[@]}" chmod 755 "$policy"
    trap '"${as_root[@]}" rm -f "$policy"' EXIT
  fi
  export DEBIAN_FRONTEND=noninteractive RUNLEVEL=1
  "${as_root[@]}" apt-get update -qq >&2
  "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${debian[@]}" >&2
else
  say "missing: ${missing[*]}. Install them and run this again:"
  say "  Debian, Ubuntu:  sudo apt-get install ${debian[*]}"
  say "  Fedora:          sudo dnf install ${fedora[*]}"
  say "  macOS:           brew install ${homebrew[*]}"
  exit 1
fi
for program in "${missing[@]}"; do
  has "$program" || { say "$program is still missing"; exit 1; }
done
