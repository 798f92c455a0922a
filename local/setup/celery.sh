#!/usr/bin/env bash
# Celery in a virtual environment, target/tools/celery: what `make bench` measures the queue beside. Quick when it is there.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
requirements=local/setup/requirements-celery.txt
venv=target/tools/celery
if [[ -f $venv/pins ]] && cmp -s "$requirements" "$venv/pins"; then exit 0; fi
local/setup/system.sh venv
mkdir -p target/tools
python3 -m venv --clear "$venv"
"$venv/bin/pip" install --quiet --disable-pip-version-check --requirement "$requirements" >&2
cp "$requirements" "$venv/pins"
