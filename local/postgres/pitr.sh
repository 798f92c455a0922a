#!/usr/bin/env bash
# Tries what docs/LOCAL-CLUSTER.md says of point-in-time recovery, with two servers of its own in a folder that it takes away: a base backup, incidents, a
# moment, an accident, and the recovery to that moment. Prints what it did; fails where the recovered database is not as it was then. ITSM: the program.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
itsm=$(realpath "${ITSM:-target/release/itsm}")
bin=$(dirname "$( (compgen -G '/usr/lib/postgresql/*/bin/postgres' || compgen -G '/usr/pgsql-*/bin/postgres' || command -v postgres) | sort -V | tail -n 1)")
dir=$(mktemp -d)
chmod 755 "$dir"
as_postgres=()
if [[ $EUID -eq 0 ]]; then
  as_postgres=(setpriv --reuid postgres --regid postgres --clear-groups)
  chown postgres "$dir"
fi

server() { (cd "$dir" && "${as_postgres[@]}" "$bin/pg_ctl" --pgdata "$dir/$1" --log "$dir/$1.log" --wait --timeout 60 --silent "${@:2}"); }
finish() {
  for data in before after; do
    if [[ -e $dir/$data/postmaster.pid ]]; then server "$data" stop --mode immediate || true; fi
  done
  rm -rf "$dir"
}
trap finish EXIT
ask() { "$bin/psql" --no-psqlrc --quiet --tuples-only --no-align --set ON_ERROR_STOP=1 --host "$dir" --username itsm --dbname "$1" --command "$2"; }
url="postgres:///itsm?host=$dir&user=itsm"
counted() { ask itsm "select (select count(*) from tickets) || ' incidents, ' || (select count(*) from events) || ' events, ' || (select count(*) from comments) || ' comments, ' ||
  (select count(distinct short_description) from tickets) || ' descriptions'"; }

"${as_postgres[@]}" mkdir "$dir/archive"
"${as_postgres[@]}" "$bin/initdb" --pgdata "$dir/before" --username itsm --auth trust --encoding UTF8 --locale C.UTF-8 >/dev/null
"${as_postgres[@]}" tee -a "$dir/before/postgresql.conf" >/dev/null <<CONF
listen_addresses = ''
unix_socket_directories = '$dir'
archive_mode = on
archive_command = 'test ! -f $dir/archive/%f && cp %p $dir/archive/%f.part && mv $dir/archive/%f.part $dir/archive/%f'
archive_timeout = 60
CONF
server before start
ask postgres "create database itsm"
DATABASE_URL=$url "$itsm" migrate >/dev/null
DATABASE_URL=$url "$itsm" seed >/dev/null
"${as_postgres[@]}" "$bin/pg_basebackup" --host "$dir" --username itsm --pgdata "$dir/after" --checkpoint fast --wal-method none
echo "base backup taken of $(counted)"

DATABASE_URL=$url "$itsm" seed --incidents 500 >/dev/null
then=$(counted)
epoch=$(ask itsm "select epoch from feed_epoch")
moment=$(ask itsm "select now()")
echo "at $moment: $then"
sleep 1
ask itsm "drop table comments cascade; update tickets set short_description = 'gone'" >/dev/null
ask itsm "select pg_switch_wal()" >/dev/null
echo "an accident: no comment is left, and every incident is called '$(ask itsm "select distinct short_description from tickets")'"
server before stop --mode fast

"${as_postgres[@]}" tee -a "$dir/after/postgresql.conf" >/dev/null <<CONF
restore_command = 'cp $dir/archive/%f %p'
recovery_target_time = '$moment'
recovery_target_action = promote
archive_mode = off
CONF
"${as_postgres[@]}" touch "$dir/after/recovery.signal"
server after start
until [[ $(ask itsm "select pg_is_in_recovery()") == f ]]; do sleep 0.2; done
DATABASE_URL=$url "$itsm" migrate >/dev/null
echo "recovered: $(counted)"
[[ $(counted) == "$then" ]] || { echo "pitr.sh: it was $then" >&2; exit 1; }
DATABASE_URL=$url "$itsm" check
risen=$(ask itsm "select epoch from feed_epoch")
((risen > epoch)) || { echo "pitr.sh: the feed's epoch is still $risen" >&2; exit 1; }
echo "itsm check agrees; the feed's epoch rose from $epoch to $risen"
