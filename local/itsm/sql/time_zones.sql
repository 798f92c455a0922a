-- Makes the table of time zones hold what the program has. A calendar whose zone has other rules now is a changed one.
-- $1 [{name, data}]
with asked as (
  select z.name, z.data from jsonb_to_recordset($1::text::jsonb) as z(name text, data text)
), zone as (
  insert into time_zones as z (name, data) select name, data from asked
  on conflict (name) do update set data = excluded.data where z.data <> excluded.data
  returning z.name
), calendar as (
  update calendars c set version = c.version + 1, updated_at = now() from zone where c.time_zone = zone.name
  returning c.id
)
select json_build_object('zones', (select count(*) from zone), 'calendars', (select count(*) from calendar))::text
