#!/usr/bin/env bash
# The whole platform as production has it, as plain processes on 127.0.0.1: Postgres, Redis, every function and worker a process of its own, two schedulers,
# nginx with TLS, Prometheus, Alertmanager and their exporters, with the configuration files of compose.
#
#   cluster.sh up                starts what does not run, waits until all of it is healthy, says where it is; again, it starts what has ended
#   cluster.sh replace [NAME...] a new process of each function and worker, or of these, with the program that is in $BINARIES now; nobody notices
#   cluster.sh stop NAME...      ends functions or workers by name, or all `functions`, or all `workers`
#   cluster.sh start NAME...     and starts them again, as `up` does with all that has ended
#   cluster.sh empty             takes away all that the desk holds: a new database, migrated
#   cluster.sh status            what runs, and whether it is healthy
#   cluster.sh down              ends all of it and takes its folder away, the database too
#
# CLUSTER_DIR   its folder: /var/lib/itsm-cluster for root, else target/cluster
# CLUSTER_PORT  where nginx listens with TLS: 8443; 0 for a free one. All other ports are free ones, kept in the folder.
# BINARIES      target/release
# ALERT_*       whom Alertmanager tells (monitoring/alertmanager.yml)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
tree=$PWD
binaries=$(realpath "${BINARIES:-target/release}")
default=$tree/target/cluster
if [[ $EUID -eq 0 ]]; then default=/var/lib/itsm-cluster; fi
dir=$(realpath -m "${CLUSTER_DIR:-$default}")
patience=60

say() { echo "cluster.sh: $*" >&2; }
fail() { say "$@"; exit 1; }

# What its own pid file names, if that still is the process that was started: a pid may be another's by now.
pid_of() {
  local pid started
  [[ -s $dir/pids/$1 ]] || return 1
  read -r pid started <"$dir/pids/$1"
  [[ $(start_of "$pid") == "$started" ]] && echo "$pid"
}
start_of() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | awk '$1 != "Z" { print $20 }'; }

# run NAME COMMAND...: a process that outlives this script, unless it runs already.
run() {
  local name=$1 pid
  shift
  if pid_of "$name" >/dev/null; then return; fi
  setsid "$@" </dev/null >>"$dir/logs/$name" 2>&1 &
  pid=$!
  echo "$pid $(start_of "$pid")" >"$dir/pids/$name"
}

# A free port for each name, once.
port() {
  local file=$dir/ports/$1
  [[ -s $file ]] || free_port >"$file"
  cat "$file"
}
free_port() {
  local candidate
  while :; do
    candidate=$((20000 + RANDOM % 12000))
    if ! grep -qsx "$candidate" "$dir"/ports/* && ! (: <"/dev/tcp/127.0.0.1/$candidate") 2>/dev/null; then
      echo "$candidate"
      return
    fi
  done
}

secret() {
  local file=$dir/secrets/$1
  [[ -s $file ]] || head -c 32 /dev/urandom | base64 | tr '+/' '-_' | tr -d '=\n' >"$file"
  cat "$file"
}

# until NAME COMMAND...: waits until it succeeds.
until_healthy() {
  local name=$1 begun=$SECONDS
  shift
  until "$@" >/dev/null 2>&1; do
    pid_of "$name" >/dev/null || fail "$name ended: $(tail -n 5 "$dir/logs/$name")"
    ((SECONDS - begun < patience)) || fail "$name is not healthy after $patience s: see $dir/logs/$name"
    sleep 0.1
  done
}
answers() { curl --silent --fail --max-time 3 --output /dev/null "$@"; }

instances() { grep -oE '"[a-z0-9-]+:8080"' "monitoring/targets/$1.json" | tr -d '"' | cut -d: -f1; }

# PostgreSQL's programs, and the user to run them as: it refuses root.
postgres_bin() { dirname "$( (compgen -G '/usr/lib/postgresql/*/bin/postgres' || compgen -G '/usr/pgsql-*/bin/postgres' || command -v postgres) | sort -V | tail -n 1)"; }
as_postgres() { if [[ $EUID -eq 0 ]]; then setpriv --reuid postgres --regid postgres --clear-groups "$@"; else "$@"; fi; }

postgres() {
  local bin data=$dir/postgres port
  bin=$(postgres_bin)
  port=$(port postgres)
  export PGHOST=127.0.0.1 PGPORT=$port PGPASSWORD
  PGPASSWORD=$(secret postgres_owner)
  if [[ ! -s $data/PG_VERSION ]]; then
    mkdir -p "$data"
    if [[ $EUID -eq 0 ]]; then chown postgres "$data"; fi
    secret postgres_owner >/dev/null
    if [[ $EUID -eq 0 ]]; then install -o postgres -m 600 "$dir/secrets/postgres_owner" "$dir/pwfile"; else cp "$dir/secrets/postgres_owner" "$dir/pwfile"; fi
    as_postgres "$bin/initdb" --pgdata "$data" --username itsm --auth scram-sha-256 --pwfile "$dir/pwfile" --encoding UTF8 --locale C.UTF-8 >/dev/null
    rm "$dir/pwfile"
  fi
  if [[ $EUID -eq 0 ]]; then set -- setpriv --reuid postgres --regid postgres --clear-groups; else set --; fi
  # memory that a page of a list takes is kept for the next one (docs/decisions/0086)
  MALLOC_TRIM_THRESHOLD_=8388608 MALLOC_MMAP_THRESHOLD_=8388608 run postgres "$@" "$bin/postgres" -D "$data" -p "$port" -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=300 \
    -c shared_preload_libraries=pg_stat_statements -c timezone=UTC
  until_healthy postgres "$bin/pg_isready" --quiet
  if [[ ! -e $dir/made ]]; then
    "$bin/psql" --quiet --username itsm --dbname postgres --command "set client_min_messages = warning" --command "drop database if exists itsm with (force)" --command "create database itsm"
    ITSM_APP_PASSWORD=$(secret postgres_app) ITSM_READER_PASSWORD=$(secret postgres_reader) PATH="$bin:$PATH" local/postgres/init.sh
    touch "$dir/made"
  fi
  DATABASE_URL="postgres://itsm:$PGPASSWORD@127.0.0.1:$port/itsm" "$binaries/itsm" migrate
}

redis() {
  mkdir -p "$dir/redis"
  printf 'requirepass %s\n' "$(secret redis)" >"$dir/redis/redis.conf"
  run redis redis-server "$dir/redis/redis.conf" --port "$(port redis)" --bind 127.0.0.1 --dir "$dir/redis" --appendonly yes --appendfsync everysec --save '' --maxmemory 256mb
  until_healthy redis env REDISCLI_AUTH="$(secret redis)" redis-cli -e -p "$(port redis)" ping
}

# Those that are named, or all.
functions() {
  local name key names=("$@")
  if [[ $# -eq 0 ]]; then mapfile -t names < <(instances functions && instances workers); fi
  key=$(secret jwt_signing_key)
  export SECRET_KEY INTERNAL_TOKEN JWT_KEYS DATABASE_URL QUEUE_URL TRUSTED_PROXIES=127.0.0.1 HOST=127.0.0.1 DATABASE_MAX_CONNECTIONS=6
  SECRET_KEY=$(secret secret_key) INTERNAL_TOKEN=$(secret internal_token) JWT_KEYS=$(echo "$key" | "$binaries/itsm" key public)
  DATABASE_URL="postgres://itsm_app:$(secret postgres_app)@127.0.0.1:$(port postgres)/itsm" QUEUE_URL="redis://:$(secret redis)@127.0.0.1:$(port redis)"
  for name in "${names[@]}"; do
    PORT=$(port "$name")
    if [[ $name == auth ]]; then
      JWT_SIGNING_KEY=$key PORT=$PORT run "$name" "$binaries/$name"
    else
      PORT=$PORT run "$name" "$binaries/${name%-2}"
    fi
  done
  for name in "${names[@]}"; do
    until_healthy "$name" answers "http://127.0.0.1:$(port "$name")/health/ready"
  done
}

# The tree's files with our addresses: `name:port` of compose becomes 127.0.0.1 and a port of ours.
addressed() {
  local script='' name
  for name in $(instances functions) $(instances workers); do script+="s/\\b$name:8080\\b/127.0.0.1:$(port "$name")/;"; done
  for name in postgres-exporter redis-exporter nginx-exporter node-exporter prometheus alertmanager; do
    script+="s/\"$name:[0-9]+\"/\"127.0.0.1:$(port "$name")\"/;"
  done
  sed -E "$script" "$1"
}

nginx_() {
  local folder=$dir/nginx file
  mkdir -p "$folder"
  chmod 711 "$folder" # workers of another user than root keep large bodies below it
  local/nginx/certificate.sh "$folder/tls"
  cp local/nginx/{nginx,routes,headers,static}.conf "$folder"
  upstreams
  sed "s/listen 8443/listen 127.0.0.1:$(port https)/" local/nginx/listen.conf >"$folder/listen.conf"
  sed -e "s/listen 8080/listen 127.0.0.1:$(port http)/" -e "s/listen 8081/listen 127.0.0.1:$(port nginx-status)/" \
    -e "s|https://\$host\$request_uri|https://\$host:$(port https)\$request_uri|" local/nginx/edge.conf >"$folder/edge.conf"
  # A master that was killed leaves its workers behind, which go on and hold the port: they are of its session.
  if ! pid_of nginx >/dev/null && [[ -s $dir/pids/nginx ]]; then pkill -KILL --session "$(cut -d' ' -f1 "$dir/pids/nginx")" nginx || true; fi
  run nginx "$(PATH=$PATH:/usr/sbin command -v nginx)" -p "$folder" -c nginx.conf -g 'daemon off;'
  until_healthy nginx answers --insecure "https://127.0.0.1:$(port https)/health/ready"
}

upstreams() { addressed local/nginx/upstreams.conf >"$dir/nginx/upstreams.conf"; }

targets() {
  local target
  for target in monitoring/targets/*.json; do addressed "$target" >"$dir/monitoring/targets/${target##*/}"; done
}

monitoring() {
  local folder=$dir/monitoring name
  mkdir -p "$folder/targets" "$folder/secrets" "$dir/metrics"
  cp -r monitoring/prometheus.yml monitoring/rules "$folder"
  targets
  secret internal_token >"$folder/secrets/internal_token"
  DATA_SOURCE_NAME="postgresql://itsm_reader:$(secret postgres_reader)@127.0.0.1:$(port postgres)/itsm?sslmode=disable" \
    run postgres-exporter prometheus-postgres-exporter --web.listen-address="127.0.0.1:$(port postgres-exporter)"
  REDIS_PASSWORD=$(secret redis) run redis-exporter prometheus-redis-exporter -redis.addr "redis://127.0.0.1:$(port redis)" -web.listen-address "127.0.0.1:$(port redis-exporter)"
  run nginx-exporter prometheus-nginx-exporter -nginx.scrape-uri "http://127.0.0.1:$(port nginx-status)/stub_status" -web.listen-address "127.0.0.1:$(port nginx-exporter)"
  run node-exporter prometheus-node-exporter --web.listen-address="127.0.0.1:$(port node-exporter)" --collector.textfile.directory="$dir/metrics"
  run alertmanager monitoring/alertmanager.sh "$folder/alertmanager.yml" "$(command -v prometheus-alertmanager || command -v alertmanager)" \
    --config.file="$folder/alertmanager.yml" --storage.path="$dir/alertmanager" --web.listen-address="127.0.0.1:$(port alertmanager)" --cluster.listen-address=
  run prometheus prometheus --config.file="$folder/prometheus.yml" --storage.tsdb.path="$dir/prometheus" --storage.tsdb.retention.time=15d \
    --web.listen-address="127.0.0.1:$(port prometheus)"
  for name in postgres-exporter redis-exporter nginx-exporter node-exporter; do
    until_healthy "$name" answers "http://127.0.0.1:$(port "$name")/metrics"
  done
  for name in alertmanager prometheus; do until_healthy "$name" answers "http://127.0.0.1:$(port "$name")/-/ready"; done
}

alone() {
  exec 9>"$dir/lock"
  flock --nonblock 9 || fail "another one is at work in $dir"
}

up() {
  umask 077
  mkdir -p "$dir"/{pids,ports,secrets,logs}
  chmod 711 "$dir"
  alone
  if [[ ! -s $dir/ports/https && ${CLUSTER_PORT:-8443} != 0 ]]; then echo "${CLUSTER_PORT:-8443}" >"$dir/ports/https"; fi
  # Whoever starts must not inherit the lock.
  { postgres; redis; functions; nginx_; monitoring; } 9>&-
  cat <<TEXT
All parts are healthy.
  the desk      https://127.0.0.1:$(port https) (plain: http://127.0.0.1:$(port http)), certificate $dir/nginx/tls/fullchain.pem
  Prometheus    http://127.0.0.1:$(port prometheus)
  Alertmanager  http://127.0.0.1:$(port alertmanager)
  logs          $dir/logs
  database      postgres://itsm:$(secret postgres_owner)@127.0.0.1:$(port postgres)/itsm
TEXT
}

# The new process is ready before the old one hears of its end, and nginx sends nothing to the old one by then: its former workers, which know no other,
# end with the requests that they have. The old one finishes what it has under way.
replace() {
  umask 077
  pid_of nginx >/dev/null || fail "no cluster runs in $dir"
  alone
  local name names former
  if [[ $# -eq 0 ]]; then mapfile -t names < <(instances functions && instances workers); else names=("$@"); fi
  for name in "${names[@]}"; do
    pid_of "$name" >/dev/null || fail "$name does not run: cluster.sh up"
    former=$(port "$name")
    mv "$dir/pids/$name" "$dir/pids/$name.old"
    free_port >"$dir/ports/$name.new"
    mv "$dir/ports/$name.new" "$dir/ports/$name"
    if ! (functions "$name") 9>&-; then
      # nobody but this script knows of the new one: the old one stays
      end "$name" KILL
      mv "$dir/pids/$name.old" "$dir/pids/$name"
      echo "$former" >"$dir/ports/$name"
      fail "$name is not replaced"
    fi
    targets
    if instances functions | grep -qx "$name"; then
      upstreams
      kill -s HUP "$(pid_of nginx)"
      former_workers
    fi
    end "$name.old" TERM
    gone "$name.old"
    rm "$dir/pids/$name.old"
  done
}
# Waits until nginx has no worker that shuts down, after it has begun to.
former_workers() {
  local master begun=$SECONDS
  master=$(pid_of nginx)
  sleep 0.3
  while pgrep --parent "$master" --full 'shutting down' >/dev/null; do
    ((SECONDS - begun < 30)) || return 0
    sleep 0.1
  done
}

# Functions and workers by name, a line each.
named() {
  local name
  [[ $# -gt 0 ]] || fail "whom? A function or a worker by its name, functions, or workers"
  for name in "$@"; do
    if [[ $name == functions || $name == workers ]]; then
      instances "$name"
    else
      { instances functions && instances workers; } | grep -x "$name" || fail "there is no $name"
    fi
  done
}
stop() {
  local name names
  names=$(named "$@")
  mapfile -t names <<<"$names"
  for name in "${names[@]}"; do end "$name" TERM; done
  for name in "${names[@]}"; do gone "$name"; done
}
start() {
  local names
  umask 077
  pid_of postgres >/dev/null || fail "no cluster runs in $dir: cluster.sh up"
  names=$(named "$@")
  mapfile -t names <<<"$names"
  alone
  functions "${names[@]}" 9>&-
}

# Whoever is connected is put out, and comes back.
empty() {
  pid_of postgres >/dev/null || fail "no cluster runs in $dir"
  alone
  rm -f "$dir/made"
  postgres
}

status() {
  local file name ended=0
  for file in "$dir"/pids/*; do
    name=${file##*/}
    if pid_of "$name" >/dev/null; then echo "$name runs"; else echo "$name has ended"; ended=1; fi
  done
  return "$ended"
}

# What is asked last ends last: each part's clients go first.
down() {
  [[ -d $dir/pids ]] || return 0
  local name pid names=()
  for name in prometheus alertmanager nginx-exporter redis-exporter postgres-exporter node-exporter nginx $(instances functions) $(instances workers) \
    $(cd "$dir/pids" && compgen -G '*.old') redis postgres; do
    if pid=$(pid_of "$name"); then names+=("$name"); fi
  done
  for name in "${names[@]}"; do
    if [[ $name != redis && $name != postgres ]]; then end "$name" TERM; fi
  done
  for name in "${names[@]}"; do gone "$name"; done
  rm -rf "$dir"
}
end() { kill -s "$2" "$(pid_of "$1")" 2>/dev/null || true; }
gone() {
  local begun=$SECONDS
  # SIGINT has Postgres end its connections; a smart shutdown would wait for them.
  if [[ $1 == redis || $1 == postgres ]]; then end "$1" INT; fi
  while pid_of "$1" >/dev/null; do
    ((SECONDS - begun < 30)) || end "$1" KILL
    sleep 0.1
  done
}

case ${1:-} in
  up) up ;;
  status) status ;;
  down) down ;;
  replace) shift && replace "$@" ;;
  stop) shift && stop "$@" ;;
  start) shift && start "$@" ;;
  empty) empty ;;
  *) fail "cluster.sh up | replace [NAME...] | stop NAME... | start NAME... | empty | status | down" ;;
esac
