-- Takes cells of the priority matrix from a log: a change of settings with its event, by the platform itself, or nothing where
-- they are so already. How many changed.
-- $1 [{impact, urgency, priority}]
with cell as (
  select c.*, p.priority as before
  from jsonb_to_recordset($1::text::jsonb) as c(impact smallint, urgency smallint, priority smallint)
  join priorities p on p.impact = c.impact and p.urgency = c.urgency and p.priority <> c.priority
), matrix as (
  update priorities p set priority = cell.priority from cell where p.impact = cell.impact and p.urgency = cell.urgency
  returning p.impact
), setting as (
  update settings set version = version + 1, updated_at = now() where exists (select from cell)
  returning updated_at
), event as (
  insert into events (at, subject, verb, changes)
  select updated_at, 'settings', 'updated',
         (select jsonb_object_agg('priority_' || impact || urgency, jsonb_build_array(before, priority)) from cell)
  from setting
)
select count(*)::text from matrix
