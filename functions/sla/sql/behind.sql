-- Tickets whose clocks were computed with an old version of a definition or a calendar, in the order of their ids; only for the claim that runs. It
-- locks nothing and renews no lease: it runs beside `recompute.sql`, which does.
-- $1 job, $2 attempt, $3 the ticket after which to begin, or null, $4 at most, $5 every open ticket instead, $6 this ticket instead
with lease as (
  select from jobs where id = $1::int8 and attempt = $2::int8 and locked_until is not null
), behind as (
  select * from (
    select distinct s.ticket_id as id
    from ticket_slas s join slas d on d.id = s.sla_id join calendars c on c.id = d.calendar_id
    where not $5::bool and $6::text is null and s.stage in ('in_progress', 'paused') and (s.sla_version <> d.version or s.calendar_version <> c.version)
      and ($3::text is null or s.ticket_id > $3::text::uuid)
    order by s.ticket_id limit $4::int8
  ) as standing
  union all
  select * from (
    select t.id from tickets t
    where $5::bool and t.state in ('new', 'in_progress', 'on_hold') and ($3::text is null or t.id > $3::text::uuid)
    order by t.id limit $4::int8
  ) as open
  union all
  select t.id from tickets t where t.id = $6::text::uuid and $3::text is null
)
select (select json_agg(item order by item.id) from (
  select t.id, t.version, sla_facts(t.id) as slas, json_build_object(
    'state', t.state, 'impact', t.impact, 'urgency', t.urgency, 'priority', t.priority, 'category', t.category, 'subcategory', t.subcategory,
    'channel', t.channel, 'location', t.location, 'assignment_group', t.assignment_group, 'major', t.major,
    'opened_at', t.opened_at, 'resolved_at', t.resolved_at, 'updated_at', t.updated_at) as ticket
  from behind join tickets t using (id)) as item)::text
from lease
