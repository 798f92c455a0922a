-- The feed's epoch rises when the database wakes up in another cluster, or on another timeline of its own (recovered to a point in time, or on a
-- standby that was promoted): transaction ids start anew there, and a cursor given out before must stay before whatever is written from now on. Nor may
-- a page of the book have the version of one that a cache or a process keeps from before: versions count seconds then.
do $$
declare
  now_in text := (select concat_ws('/', system_identifier, substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8)) from pg_control_system());
  raised integer;
begin
  insert into feed_epoch (single, epoch, system) values (true, 1, now_in)
  on conflict (single) do update set epoch = feed_epoch.epoch + 1, system = now_in where feed_epoch.system <> now_in
  returning epoch into raised;
  if raised is not null then
    execute format('alter table events alter column epoch set default %s', raised);
    update sla_book set version = greatest(version + 1, extract(epoch from now())::bigint);
  end if;
end $$;
