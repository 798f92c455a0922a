#!/usr/bin/env bash
# Asks a running Prometheus what each panel of each dashboard asks: `local/monitoring.sh URL`. Prints a line a question with how many series answer,
# and fails where one is refused. None is no failure: nothing may have happened yet (`--strict` fails there too).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
[[ ${1:-} == http* ]] || { echo "monitoring.sh URL [--strict]" >&2; exit 2; }
python3 - "$@" <<'PYTHON'
import glob, json, sys, urllib.error, urllib.parse, urllib.request

url, strict = sys.argv[1].rstrip("/"), "--strict" in sys.argv
refused = empty = 0
for path in sorted(glob.glob("monitoring/grafana/dashboards/*.json")):
    board = json.load(open(path, encoding="utf-8"))
    variables = [variable["name"] for variable in board["templating"]["list"]]
    for panel in board["panels"]:
        for target in panel["targets"]:
            asks = target["expr"]
            for name in variables:
                asks = asks.replace("$" + name, ".*")
            try:
                with urllib.request.urlopen(url + "/api/v1/query?" + urllib.parse.urlencode({"query": asks}), timeout=10) as answer:
                    found = len(json.load(answer)["data"]["result"])
            except urllib.error.HTTPError as error:
                refused += 1
                print(f"refused  {board['title']}: {panel['title']}: {error.read().decode()}")
                continue
            empty += found == 0
            print(f"{found:7}  {board['title']}: {panel['title']}: {asks}")
print(f"{refused} refused, {empty} without an answer")
sys.exit(1 if refused or strict and empty else 0)
PYTHON
