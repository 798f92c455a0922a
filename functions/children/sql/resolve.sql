-- Resolves one child as its parent was, acting as whoever resolved that; only for the claim that runs, whose lease it renews. Over: the
-- child is not open or not its child any more, or the parent was reopened. Refused: the resolver may not work on it, or not any more.
-- $1 job, $2 attempt, $3 now, $4 the child, $5 its parent, $6 who resolved that
with lease as (
  select from held($1::int8, $2::int8)
), child as (
  -- what was written on a restricted parent is not for those who see the child
  select t as row, case when shares then p.close_code else 'solved' end as close_code, case when shares then p.close_notes else 'Resolved.' end as close_notes
  from lease, tickets t join tickets p on p.id = t.parent_id,
       lateral (select p.restricted_to is null or p.restricted_to is not distinct from t.restricted_to as shares) as reader
  where t.id = $4::text::uuid and t.parent_id = $5::text::uuid
    and t.state in ('new', 'in_progress', 'on_hold') and p.state in ('resolved', 'closed')
  for no key update of t
), resolver as (
  select u.id from users u, child
  where u.id = $6::text::uuid
    and (u.active and u.role in ('agent', 'manager', 'admin') and sees(u.id, u.role, (child.row).id, (child.row).caller_id, (child.row).restricted_to)
         -- a rule is nobody who could log in, and acts with an administrator's rights
         or exists (select from rules r where r.id = u.id and r.deleted_at is null))
), ticket as (
  update tickets t set state = 'resolved', hold_reason = null, resolved_at = $3::text::timestamptz, close_code = child.close_code,
                       close_notes = child.close_notes, due_at = 'infinity', version = t.version + 1, updated_at = $3::text::timestamptz
  from child, resolver where t.id = (child.row).id
  returning t.*
), event as (
  insert into events (at, ticket_id, actor_id, subject, verb, changes, version)
  select ticket.resolved_at, ticket.id, resolver.id, 'incident', 'resolved', changes(to_jsonb(child.row), to_jsonb(ticket)), ticket.version
  from ticket, child, resolver
), clocks as (
  select end_slas(id, 'resolved', resolved_at) from ticket
), job as (
  select due.at, enqueue('sweep', 'close:' || ticket.id || ':' || ticket.version, '{}', due.at) as id
  from ticket, settings, lateral (select ticket.resolved_at + make_interval(days => auto_close_days) as at) as due
  where not ticket.major
)
select json_build_object(
  'outcome', case when exists (select from clocks) then 'resolved' when exists (select from child) then 'refused' else 'over' end,
  'ring', (select json_agg(json_build_array('sweep', id)) from job where at <= now()))::text
from lease
