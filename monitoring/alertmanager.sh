#!/bin/sh
# Alertmanager's configuration from alertmanager.yml and the environment: `alertmanager.sh OUT`, or `alertmanager.sh OUT PROGRAM ARGUMENT...` to
# become that program then. Values may have any character but a control character: each stands in double quotes, and is escaped for them.
set -eu
here=$(dirname "$0")
umask 077
awk '
  match($0, / *# if [A-Z_]+$/) {
    name = substr($0, RSTART); sub(/.* /, "", name)
    if (ENVIRON[name] == "") next
    $0 = substr($0, 1, RSTART - 1)
  }
  /^[^#]/ {
    rest = $0; line = ""
    while (match(rest, /\$\{[A-Z_]+\}/)) {
      value = ENVIRON[substr(rest, RSTART + 2, RLENGTH - 3)]
      quoted = ""
      for (i = 1; i <= length(value); i++) {
        letter = substr(value, i, 1)
        quoted = quoted (letter == "\\" || letter == "\"" ? "\\" : "") letter
      }
      line = line substr(rest, 1, RSTART - 1) quoted
      rest = substr(rest, RSTART + RLENGTH)
    }
    $0 = line rest
  }
  { print }
' "$here/alertmanager.yml" >"$1"
shift
[ $# -eq 0 ] || exec "$@"
