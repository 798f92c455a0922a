#!/usr/bin/env bash
# local/compose.yaml for real, on a container engine: all of it becomes healthy, the conformance suite passes through its nginx with TLS, a person works there,
# Prometheus knows every panel's question, a function is replaced, and each service in turn is killed with -9 and missed by nobody for long. Says SKIPPED where
# there is no engine.
#
# The images of functions are the tree's own Dockerfile around the programs in $BINARIES; vendors' images are stand-ins (shared/testkit/compose), which no
# registry is asked for. Everything it makes has the project name itsm-test-PID and is gone at the end; only the stand-ins' layers stay in the engine's cache.
#
# BINARIES       built programs; without it target/release, built first
# ITSM_SUITE     only this function's suite, or `none`, instead of all
# ITSM_SERVICES  only these are killed, instead of all
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
say() { echo "compose-test.sh: $*" >&2; }
fail() { say "$@"; exit 1; }
if ! docker info >/dev/null 2>&1 || ! docker compose version >/dev/null 2>&1; then
  echo "SKIPPED: no container engine answers (docker info), or it has no compose"
  exit 0
fi
if [[ -z ${BINARIES:-} ]]; then
  local/setup/rust.sh
  local/setup/system.sh cc postgres curl openssl
  cargo build --release --workspace --bins
fi
binaries=$(realpath "${BINARIES:-target/release}")
dir=$(mktemp -d)
project=itsm-test-$$
extra=()
compose() { docker compose --project-name "$project" --file local/compose.yaml --file "$dir/override.yaml" "${extra[@]}" --env-file "$dir/env" "$@"; }
end() {
  local status=$?
  if [[ $status -ne 0 ]]; then
    compose ps --all >&2 || true
    compose logs --no-color --tail 15 >&2 || true
  fi
  compose --profile '*' down --volumes --timeout 5 >"$dir/down" 2>&1 || say "not all of it is gone: $(cat "$dir/down")"
  rm -rf "$dir"
}

# image NAME STAGE: the stand-in under the name that compose.yaml has for it.
standin() { docker build --quiet --network host --target "$2" --tag "$1" shared/testkit/compose >/dev/null; }
image_of() { sed -n "/^  $1:/,/image:/s/.*image: //p" local/compose.yaml; }
standins() {
  local part
  for part in postgres redis nginx prometheus alertmanager postgres-exporter redis-exporter nginx-exporter node-exporter; do
    standin "$(image_of "$part")" "$part"
  done
  standin "$(image_of certificate)" openssl
  standin "$(sed -n 's/^FROM \(.*\) AS function/\1/p' local/Dockerfile)" distroless
  standin "$(sed -n 's/^FROM \(.*\) AS build/\1/p' local/Dockerfile)" distroless
}

# The program that the Dockerfile's first stage would have made, for each service that is built.
override() {
  local service program
  echo "services:"
  sed -n 's/^  \([a-z0-9-]*\):$/\1/p' local/compose.yaml | while read -r service; do
    program=$(sed -n "/^  $service:/,/^  [a-z]/s/.*FUNCTION: \([a-z-]*\).*/\1/p" local/compose.yaml)
    [[ -n $program ]] || continue
    mkdir -p "$dir/built/$program"
    [[ -e $dir/built/$program/function ]] || cp "$binaries/$program" "$dir/built/$program/function"
    echo "  $service: {build: {additional_contexts: {build: $dir/built/$program}}}"
  done
  # a machine without systemd has its root mounted for itself alone
  if [[ $(findmnt --noheadings --output PROPAGATION /) == private ]]; then
    echo '  node-exporter: {volumes: ["/:/host:ro"]}'
  fi
}

# The suite asks faster than anybody may, and looks behind the API: nobody is counted then, and the database has a port.
for_the_suite() {
  sed 's/rate=[0-9]*r/rate=100000r/' local/nginx/edge.conf >"$dir/edge.conf"
  cat <<YAML
services:
  nginx: {volumes: ["$dir/edge.conf:/srv/nginx/edge.conf:ro"]}
  postgres: {ports: ["127.0.0.1::5432"]}
YAML
}
# Those that run, as Prometheus knows them: `functions` or `workers`.
instances() { grep -oE '"[a-z0-9-]+:8080"' "monitoring/targets/$1.json" | tr -d '"' | cut -d: -f1; }
# A new database, migrated, and nothing in Redis; functions and workers have ended.
fresh() {
  # shellcheck disable=SC2046
  compose stop --timeout 20 $(instances functions) $(instances workers) >"$dir/said" 2>&1 || fail "they do not stop: $(cat "$dir/said")"
  compose exec -T postgres psql --quiet --username itsm --dbname postgres --command 'drop database itsm with (force)' --command 'create database itsm'
  compose exec -T postgres sh /docker-entrypoint-initdb.d/init.sh
  compose exec -T redis redis-cli -e flushall >/dev/null
  compose run --rm --no-deps -T migrate >"$dir/said" 2>&1 || fail "not migrated: $(cat "$dir/said")"
}
suite() {
  local owner app database seen
  fresh
  # shellcheck disable=SC2046
  compose up --detach --wait --no-deps $(instances functions) >/dev/null 2>&1 || fail "the functions do not come back"
  compose kill --signal HUP nginx >/dev/null 2>&1 # it looks for their addresses anew
  database=127.0.0.1:$(port postgres 5432)/itsm owner=$(value POSTGRES_PASSWORD) app=$(value POSTGRES_APP_PASSWORD)
  seen=$(docker network inspect "${project}_edge" --format '{{(index .IPAM.Config 0).Gateway}}')
  SITE_URL=https://localhost:$(port nginx 8443) SITE_CA=$dir/ca.pem SITE_SEEN_AS=$seen SITE_DATABASE_URL=postgres://itsm:$owner@$database \
    SITE_APP_DATABASE_URL=postgres://itsm_app:$app@$database cargo xtask parity --home cluster "$@"
}
value() { sed -n "s/^$1=//p" "$dir/env" | tail -n 1; }
# 32 bytes of one value, as local/xtask/src/told.rs has them.
bytes() { printf "\\$1%.0s" {1..32} | base64 | tr '+/' '-_' | tr -d '=\n'; }

port() { compose port "$1" "$2" | cut -d: -f2; }
# ask METHOD PATH [BODY]: the answer's body; fails where it is not 2xx.
ask() {
  local more=()
  if [[ -n ${3:-} ]]; then more=(--header 'content-type: application/json' --data "$3"); fi
  if [[ -n ${token:-} ]]; then more+=(--header "authorization: Bearer $token"); fi
  curl --silent --show-error --fail-with-body --max-time 20 --cacert "$dir/ca.pem" --request "$1" "${more[@]}" "https://localhost:$https$2"
}
field() { sed -n "s/.*\"$1\" *: *\"\([^\"]*\)\".*/\1/p" | head -n 1; }

log_in() { token='' && token=$(ask POST /v1/auth/login "{\"email\":\"ada@example.com\",\"password\":\"$password\"}" | field access_token) && [[ -n $token ]]; }
# An incident, from its report to its end, and what follows by itself.
walk() {
  local incident id
  log_in || fail "nobody can log in"
  incident=$(ask POST /v1/incidents '{"short_description":"The printer is on fire","impact":2,"urgency":2}') || fail "raising: $incident"
  id=$(field id <<<"$incident")
  ask POST "/v1/incidents/$id/comments" '{"body":"On my way","visibility":"public"}' >/dev/null || fail "no comment"
  ask POST "/v1/incidents/$id/transitions" '{"to":"resolved","close_code":"solved","close_notes":"Put out."}' >/dev/null || fail "not resolved"
  [[ $(ask GET "/v1/incidents/$id/history") == *'"resolved"'* ]] || fail "no history"
  raised=$((raised + 1))
}
# Nothing acknowledged is lost, and no job is left that is due.
kept() {
  local found deadline=$((SECONDS + 90)) due
  found=$(query "select count(*) from tickets where state = 'resolved'")
  [[ $found -eq $raised ]] || fail "$raised incidents were raised and resolved, and $found are there"
  while due=$(query "select count(*) from jobs where state <> 'done' and run_at <= now()") && [[ $due -gt 0 ]]; do
    ((SECONDS < deadline)) || fail "$due jobs are not done: $(query "select queue, state, last_error from jobs where state <> 'done' and run_at <= now() limit 5")"
    sleep 1
  done
}
query() { compose exec -T postgres psql --username itsm --dbname itsm --no-align --tuples-only --command "$1"; }

trap end EXIT
begun=$SECONDS
local/env.sh "$dir/env"
cat >>"$dir/env" <<ENV
HTTPS_ADDRESS=127.0.0.1:0
HTTP_ADDRESS=127.0.0.1:0
PROMETHEUS_ADDRESS=127.0.0.1:0
ALERTMANAGER_ADDRESS=127.0.0.1:0
ITSM_VERSION=$project
SECRET_KEY=$(bytes 011)
JWT_SIGNING_KEY=$(bytes 007)
JWT_KEYS='$(bytes 007 | "$binaries/itsm" key public)'
INTERNAL_TOKEN=test-internal-token
MAIL_FROM=The Desk <desk@desk.example>
MAIL_AUTHSERV_ID=mx.desk.example
MAIL_INBOUND_SECRETS=test-inbound-secret
ENV
override >"$dir/override.yaml"
for_the_suite >"$dir/suite.yaml"
if [[ ${ITSM_SUITE:-} != none ]]; then
  extra=(--file "$dir/suite.yaml")
  export RATE_LIMIT=0 WEBHOOK_ALLOW_PRIVATE=true
fi
compose config --quiet
standins
compose build --quiet
say "images after $((SECONDS - begun)) s"
compose up --detach --wait --wait-timeout 300 || fail "not all of it is healthy"
say "healthy after $((SECONDS - begun)) s"

compose exec -T nginx cat /srv/nginx/tls/fullchain.pem >"$dir/ca.pem"
if [[ ${ITSM_SUITE:-} != none ]]; then
  suite ${ITSM_SUITE:+--function "$ITSM_SUITE"}
  say "the suite after $((SECONDS - begun)) s"
  fresh
  extra=()
  unset RATE_LIMIT WEBHOOK_ALLOW_PRIVATE
  compose up --detach --wait --wait-timeout 300 >/dev/null 2>&1 || fail "not all of it is healthy again"
  compose kill --signal HUP nginx >/dev/null 2>&1
fi
https=$(port nginx 8443) raised=0 password=$(head -c 18 /dev/urandom | base64)
compose run --rm --no-deps -T migrate admin create --email ada@example.com --password-stdin <<<"$password" >/dev/null
walk
kept
local/monitoring.sh "http://$(compose port prometheus 9090)" | tail -n 1
say "a person's walk after $((SECONDS - begun)) s"
compose up --detach --wait --no-deps --force-recreate incidents notify >/dev/null 2>&1 || fail "incidents and notify are not replaced"
compose kill --signal HUP nginx >/dev/null 2>&1
sleep 1 # nginx' former workers have no address but the old one
walk
say "a function and a worker replaced after $((SECONDS - begun)) s"

services=${ITSM_SERVICES:-$(compose ps --services --status running | sort)}
for service in $services; do
  compose kill --signal KILL "$service" >/dev/null 2>&1
  if [[ $service != nginx ]]; then
    # nginx answers for whoever is missing: with a problem, never with a broken connection
    status=$(curl --silent --output /dev/null --max-time 30 --write-out '%{http_code}' --cacert "$dir/ca.pem" "https://localhost:$https/health/ready" || true)
    [[ $status != 000 ]] || fail "without $service nginx does not answer"
  fi
  compose up --detach --wait --wait-timeout 120 >/dev/null 2>&1 || fail "$service does not come back"
  https=$(port nginx 8443) # a free one, and another after each start
  walk
  echo "$service: killed and back after $((SECONDS - begun)) s"
done
kept
echo "$raised incidents raised, worked and resolved, none lost, no job left"
