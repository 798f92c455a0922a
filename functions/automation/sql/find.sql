-- One rule's next chunk: of each ticket that was opened, updated or entered its state so long ago that its time came since the rule last looked, a
-- job; and the rule has looked until there. Only for the claim that runs, whose lease it renews. Answers how many rules have not looked until now.
-- $1 job, $2 attempt, $3 now, $4 tickets at most
with lease as materialized (
  select from held($1::int8, $2::int8)
), rule as (
  select r.id, r.since, r.checked_until - make_interval(mins => r.after_minutes) as from_at,
         $3::text::timestamptz - make_interval(mins => r.after_minutes) as until_at, make_interval(mins => r.after_minutes) as wait
  from lease, rules r
  where r.active and r.after_minutes is not null and r.checked_until < $3::text::timestamptz
  order by r.checked_until, r.id
  limit 1
  for no key update of r skip locked
), due as (
  select found.ticket_id, found.anchor from rule, lateral (
    (select t.id as ticket_id, t.opened_at as anchor from tickets t
     where rule.since = 'opened' and t.kind = 'incident' and t.opened_at > rule.from_at and t.opened_at <= rule.until_at
     order by t.opened_at limit $4::int8)
    union all
    (select t.id, t.updated_at from tickets t
     where rule.since = 'updated' and t.kind = 'incident' and t.updated_at > rule.from_at and t.updated_at <= rule.until_at
     order by t.updated_at limit $4::int8)
    union all
    (select e.ticket_id, e.at from events e
     where rule.since = 'state' and e.changes ? 'state' and e.ticket_id is not null and e.at > rule.from_at and e.at <= rule.until_at
     order by e.at limit $4::int8)
  ) as found
), reached as (
  -- a full chunk ends before its last instant, which others may share, unless all of it is that one
  select case when count(*) < $4::int8 then (select until_at from rule)
              else coalesce(max(anchor) filter (where anchor < (select max(anchor) from due)), max(anchor)) end as until_at
  from due
), job as (
  insert into jobs (queue, key, payload, run_at)
  select 'automation', concat_ws(':', 'timed', rule.id, due.ticket_id, extract(epoch from due.anchor)),
         jsonb_build_object('timed', jsonb_build_object('rule', rule.id, 'ticket', due.ticket_id, 'anchor', due.anchor)), now()
  from rule, due, reached where due.anchor <= reached.until_at
  on conflict do nothing
), moved as (
  update rules r set checked_until = reached.until_at + rule.wait from rule, reached where r.id = rule.id
  returning r.checked_until
)
select (
  (select count(*) from rules r where r.active and r.after_minutes is not null and r.checked_until < $3::text::timestamptz
     and not exists (select from rule where rule.id = r.id))
  + (select count(*) from moved where checked_until < $3::text::timestamptz))::text
from lease
