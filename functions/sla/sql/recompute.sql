-- Clocks as they were computed anew, with what is due of their tickets; only for the claim that runs, whose lease it renews. A ticket that
-- somebody is writing, or has written since it was read, is left out. What is due is part of a ticket's body, so its version moves with it, quietly: no event says so.
-- $1 job, $2 attempt, $3 [{id, version, due_at, slas}]
with lease as (
  select from held($1::int8, $2::int8)
), asked as (
  select a.* from lease, jsonb_to_recordset($3::text::jsonb) as a(id uuid, version bigint, due_at timestamptz, slas jsonb)
), locked as (
  select t.id, t.version, t.due_at as was_due, asked.due_at, asked.slas
  from tickets t join asked on asked.id = t.id and asked.version = t.version
  order by t.id for no key update of t skip locked
), ticket as (
  update tickets t set due_at = locked.due_at, version = t.version + 1, quiet_versions = t.quiet_versions + 1 from locked
  where t.id = locked.id and locked.was_due <> locked.due_at
  returning t.id
), clocks as (
  select write_slas(id, version, slas) from locked
)
select json_build_object('tickets', (select count(*) from clocks), 'moved', (select count(*) from ticket))::text from lease
