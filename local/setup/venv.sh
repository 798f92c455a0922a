#!/usr/bin/env bash
# Makes the Python environment target/tools/NAME from local/setup/requirements-NAME.txt: `venv.sh NAME`. Quick when it is there and
# its pins are the same.
set -euo pipefail

say() { echo "venv.sh: $*" >&2; }
fail() { say "$@"; exit 1; }

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
name=$1
requirements=local/setup/requirements-$name.txt
mkdir -p target/tools
# Where it really lies: target may be a link to a folder that other clones share, and an environment's programs name their own folder.
tools=$(cd -P target/tools && pwd)
# Changes with every pin and with the place, so that a newer pin is fetched, what was moved is made again and an interrupted set-up begins anew.
pins="$(cksum <"$requirements") $tools"

done_already() { [[ -f $tools/$name.pins && $(<"$tools/$name.pins") == "$pins" ]]; }

has_venv() { python3 -c 'import venv, ensurepip' 2>/dev/null; }

install_venv() {
  local as_root=()
  command -v apt-get >/dev/null || return 1
  if [[ $EUID -ne 0 ]]; then
    if ! sudo -n true 2>/dev/null; then return 1; fi
    as_root=(sudo -n)
  fi
  say "installing python3-venv"
  "${as_root[@]}" apt-get install -y --no-install-recommends python3-venv >&2 && has_venv
}

done_already && exit 0
command -v python3 >/dev/null || fail "python3 is missing: install it, with its venv module"
has_venv || install_venv || fail "python3 has no venv: run 'apt-get install python3-venv' as root, or your system's equivalent"
exec 9>"$tools/$name.lock"
flock 9
done_already && exit 0 # another one did it meanwhile
say "$requirements into $tools/$name"
python3 -m venv --clear "$tools/$name"
"$tools/$name/bin/pip" install --quiet --disable-pip-version-check --requirement "$requirements" >&2
echo "$pins" >"$tools/$name.pins"
