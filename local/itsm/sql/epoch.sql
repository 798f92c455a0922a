-- The feed's epoch rises when the database wakes up in another cluster: transaction ids start anew there, and a cursor given
-- out before must stay before whatever is written from now on.
do $$
declare
  now_in text := (select system_identifier::text from pg_control_system());
  raised integer;
begin
  insert into feed_epoch (single, epoch, system) values (true, 1, now_in)
  on conflict (single) do update set epoch = feed_epoch.epoch + 1, system = now_in where feed_epoch.system <> now_in
  returning epoch into raised;
  if raised is not null then
    execute format('alter table events alter column epoch set default %s', raised);
  end if;
end $$;
