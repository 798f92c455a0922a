#!/usr/bin/env bash
# Draws panels of the dashboards from a running Prometheus, as they were in the last minutes: `local/draw.sh URL OUT.svg [MINUTES]`. With gnuplot.
set -euo pipefail
out=$(realpath -m "${2:-}")
cd "$(dirname "${BASH_SOURCE[0]}")/.."
[[ ${1:-} == http* && ${2:-} == *.svg ]] || { echo "draw.sh URL OUT.svg [MINUTES]" >&2; exit 2; }
local/setup/system.sh gnuplot
python3 - "$1" "${3:-15}" <<'PYTHON' | gnuplot >"$out.part"
import json, sys, time, urllib.parse, urllib.request

PANELS = [("service", "Rate"), ("service", "Duration, 95 of 100 are faster"), ("service", "Answers by kind"), ("service", "Processors"),
          ("work", "Jobs run a second"), ("stores", "Transactions a second")]
UNITS = {"reqps": "a second", "ops": "a second", "s": "seconds", "percentunit": "of 1"}
SERIES = 5  # those that are highest on the whole
url, end = sys.argv[1].rstrip("/"), time.time()
start = end - float(sys.argv[2]) * 60


def found(board, target):
    asks = target["expr"]
    for variable in board["templating"]["list"]:
        asks = asks.replace("$" + variable["name"], ".*")
    query = urllib.parse.urlencode({"query": asks, "start": start, "end": end, "step": 5})
    with urllib.request.urlopen(f"{url}/api/v1/query_range?{query}", timeout=10) as answer:
        for series in json.load(answer)["data"]["result"]:
            name = target["legendFormat"]
            for label, value in series["metric"].items():
                name = name.replace("{{" + label + "}}", value)
            yield name, [(float(at) - end, float(value)) for at, value in series["values"] if value != "NaN"]


charts = []
for board_name, title in PANELS:
    board = json.load(open(f"monitoring/grafana/dashboards/{board_name}.json", encoding="utf-8"))
    panel = next(panel for panel in board["panels"] if panel["title"] == title)
    series = [one for target in panel["targets"] for one in found(board, target) if one[1]]
    if not series:
        sys.exit(f"{title}: Prometheus knows nothing of it")
    if title.startswith("Duration"):  # of those that are asked: the others answer nobody but Prometheus
        series = [one for one in series if one[0] in {name for name, _ in charts[0][2]}]
    series.sort(key=lambda one: -sum(value for _, value in one[1]) / len(one[1]))
    charts.append((f"{board['title']}: {title}", UNITS.get(panel["fieldConfig"]["defaults"].get("unit"), ""), series[:SERIES]))
first = min(values[0][0] for _, _, series in charts for _, values in series)
print("set terminal svg size 1080,900 font 'sans-serif,12' background '#ffffff'")
print("set multiplot layout 3,2; set grid ytics lc rgb '#e4e4e4'; set border 3 lc rgb '#888888'; set tics nomirror; set lmargin 10; set rmargin 3")
print("set key below left Left reverse samplen 1 maxrows 1; set xtics format '%.0f min'; set yrange [0:*]")
print(f"set xrange [{first / 60}:0]")
for number, colour in enumerate(["#1f6feb", "#d4621a", "#2e8b57", "#8a4fbf", "#777777"], 1):
    print(f"set linetype {number} lc rgb '{colour}' lw 2")
for title, unit, series in charts:
    print(f"set title {json.dumps(title)}; set ylabel {json.dumps(unit)}")
    for number, (_, values) in enumerate(series):
        print(f"$d{number} << E\n" + "\n".join(f"{at} {value}" for at, value in values) + "\nE")
    print("plot " + ", ".join(f"$d{number} using ($1/60):2 with lines title {json.dumps(name)} noenhanced" for number, (name, _) in enumerate(series)))
PYTHON
mv "$out.part" "$out"
