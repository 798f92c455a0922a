#!/usr/bin/env bash
# Validates k8s/ without a cluster: the base alone and with each component, Kubernetes' kinds against the schemas of 1.32, Knative's against those
# of its API. Needs kubectl (or kustomize), python3, node and npm; fetches the schemas from PyPI and npm, once.
set -euo pipefail

say() { echo "validate.sh: $*" >&2; }
fail() { say "$@"; exit 1; }

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
tools=$PWD/target/tools
models=@kubernetes-models/knative@4.0.0
trap 'rm -rf "${folder:-}"' EXIT
folder=$(mktemp -d)

if command -v kubectl >/dev/null; then
  build() { kubectl kustomize "$1"; }
elif command -v kustomize >/dev/null; then
  build() { kustomize build "$1"; }
else
  fail "neither kubectl nor kustomize is installed"
fi
command -v npm >/dev/null || fail "npm is missing: install Node.js"
local/setup/venv.sh kubernetes
if [[ ! -d $tools/knative-models/node_modules/@kubernetes-models/knative ]]; then
  say "$models into target/tools/knative-models"
  npm install --silent --no-audit --no-fund --prefix "$tools/knative-models" "$models"
fi

# $1 the name of an overlay, $2 its components: an overlay lies in the tree, so that it finds the base.
overlay() {
  local path=$folder/$1
  mkdir -p "$path"
  {
    echo "resources: [$(realpath --relative-to="$path" k8s/base)]"
    if [[ -n $2 ]]; then echo "components: [$(realpath --relative-to="$path" "k8s/components/$2")]"; fi
  } >"$path/kustomization.yaml"
  build "$path" >"$folder/$1.yaml"
}

# Core kinds to one file, Knative's to another; what is neither is an error.
part() {
  "$tools/kubernetes/bin/python" - "$1" <<'PYTHON'
import json, sys, yaml
path = sys.argv[1]
with open(path) as file:
    objects = [it for it in yaml.safe_load_all(file) if it]
knative = [it for it in objects if "knative.dev" in it["apiVersion"]]
with open(path + ".core", "w") as file:
    yaml.safe_dump_all([it for it in objects if it not in knative], file)
with open(path + ".knative", "w") as file:
    json.dump(knative, file)
print(f"{len(objects)} objects, {len(knative)} of them Knative's")
PYTHON
}

for component in "" redis sqs; do
  name=base${component:+-$component}
  overlay "$name" "$component"
  say "$name: $(part "$folder/$name.yaml")"
  "$tools/kubernetes/bin/kubernetes-validate" -k 1.32 --strict --quiet "$folder/$name.yaml.core"
  node local/k8s/knative.mjs "$tools/knative-models" "$folder/$name.yaml.knative"
done
say "valid"
