-- Changes settings with their event, or nothing if the version is no longer the one read.
-- $1 session, $2 the version read, $3 the change as JSON: auto_close_days or null, priorities, $4 now
with me as (select id, role from callers where session_id = $1::text::uuid),
change as (select ($3::text::jsonb ->> 'auto_close_days')::integer as auto_close_days),
cell as (
  select c.* from change, jsonb_to_recordset($3::text::jsonb -> 'priorities') as c(impact smallint, urgency smallint, priority smallint)
), before as (
  select * from settings where version = $2::int8
), after as (
  update settings s set auto_close_days = coalesce(change.auto_close_days, s.auto_close_days),
                        version = s.version + 1, updated_at = $4::text::timestamptz
  from change, me where s.version = $2::int8 and me.role = 'admin'
  returning s.*
), matrix as (
  update priorities p set priority = cell.priority from cell, after
  where p.impact = cell.impact and p.urgency = cell.urgency and p.priority <> cell.priority
  returning p.*
), priorities_after as (
  select p.impact, p.urgency, coalesce(m.priority, p.priority) as priority, p.priority as before
  from priorities p left join matrix m using (impact, urgency)
), event as (
  insert into events (at, actor_id, subject, verb, changes)
  select after.updated_at, me.id, 'settings', 'updated',
         changes(to_jsonb(before), to_jsonb(after)) || coalesce((
           select jsonb_object_agg('priority_' || impact || urgency, jsonb_build_array(before, priority))
           from priorities_after where before <> priority), '{}')
  from after, before, me
)
select case
  when me.role <> 'admin' then '"forbidden"'
  else (
    select row_to_json(body)::text from (
      select auto_close_days,
             (select json_agg(json_build_object('impact', impact, 'urgency', urgency, 'priority', priority) order by impact, urgency)
              from priorities_after) as priorities,
             version, updated_at
      from after
    ) as body) end
from me
