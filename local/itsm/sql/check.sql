-- What does not agree with the history, a row each as JSON: {check, ticket, detail}. The events of a ticket say each version, each field that a version
-- changed and so how often it was reassigned and reopened; the row must say the same, and its clocks stand as its state has them. A ticket whose
-- clocks are still to be computed (a job of `sla`) is not looked at for them. Where clocks move what a ticket is due, its version rises and no event says
-- so (docs/SLA.md): so many versions are `quiet_versions`, before the last event or after it.
with history as (
  select ticket_id, count(*) as versions, min(version) as first, max(version) as last,
         coalesce(max((changes -> 'reassignment_count' ->> 1)::int8) filter (where version = 1), 0)
           + count(*) filter (where version > 1 and changes -> 'assignment_group' ->> 0 is distinct from changes -> 'assignment_group' ->> 1) as reassigned,
         coalesce(max((changes -> 'reopen_count' ->> 1)::int8) filter (where version = 1), 0)
           + count(*) filter (where version > 1 and changes -> 'state' ->> 0 = 'resolved' and changes -> 'state' ->> 1 = 'in_progress') as reopened
  from events where ticket_id is not null and version is not null group by ticket_id
), said as (
  select distinct on (e.ticket_id, field.key) e.ticket_id, field.key, field.value ->> 1 as value
  from events e, jsonb_each(e.changes) as field
  where e.ticket_id is not null and e.version is not null and field.key in ('state', 'priority', 'assignment_group', 'assigned_to')
  order by e.ticket_id, field.key, e.version desc
), pending as (
  select (payload ->> 'ticket')::uuid as ticket_id from jobs where queue = 'sla' and state in ('queued', 'running') and payload ? 'ticket'
), clocks as (
  select s.*, t.number, t.state, s.marks -> -1 ->> 'mark' as last_mark from ticket_slas s join tickets t on t.id = s.ticket_id
  where not exists (select from pending where pending.ticket_id = s.ticket_id)
), found(sort, "check", ticket, detail) as (
  select 1, 'version', t.number, format('version %s, its events say %s', t.version, coalesce(h.last::text, 'none')) from tickets t left join history h on h.ticket_id = t.id
  where h.last is null or t.version - h.last not between 0 and t.quiet_versions
  union all
  select 2, 'events', t.number, format('%s events for %s versions, %s of them without any', h.versions, t.version, t.quiet_versions)
  from tickets t join history h on h.ticket_id = t.id
  where h.first <> 1 or t.version - h.versions <> t.quiet_versions and t.version - h.last between 0 and t.quiet_versions
  union all
  select 3, 'reassignment_count', t.number, format('%s, its events say %s', t.reassignment_count, h.reassigned) from tickets t join history h on h.ticket_id = t.id
  where h.reassigned <> t.reassignment_count
  union all
  select 4, 'reopen_count', t.number, format('%s, its events say %s', t.reopen_count, h.reopened) from tickets t join history h on h.ticket_id = t.id
  where h.reopened <> t.reopen_count
  union all
  select 5, said.key, t.number, format('%s, its last event says %s', coalesce(stored.value, 'none'), coalesce(said.value, 'none'))
  from said join tickets t on t.id = said.ticket_id cross join lateral (
    select case said.key when 'state' then t.state when 'priority' then t.priority::text when 'assignment_group' then t.assignment_group::text
                         else t.assigned_to::text end as value) as stored
  where said.value is distinct from stored.value
  union all
  select 6, 'sla_stage', number, format('clock %s is %s, the ticket is %s', sla_id, stage, state) from clocks
  where state in ('resolved', 'closed', 'canceled') and stage = 'in_progress' or state in ('closed', 'canceled') and stage = 'paused'
  union all
  select 7, 'sla_marks', number, format('clock %s is %s, its last mark is %s', sla_id, stage, coalesce(last_mark, 'none')) from clocks
  where not coalesce(last_mark = any (case stage when 'in_progress' then '{started,resumed,breached}'::text[] when 'paused' then '{paused,breached}'
                                            when 'completed' then '{completed,breached}' else '{canceled,breached}' end), false)
  union all
  select 8, 'sla_breach', number, format('clock %s ended at %s, was due at %s and says of no breach', sla_id, stopped_at, due_at) from clocks
  where stage = 'completed' and due_at < stopped_at and breached_at is null
)
select json_build_object('check', "check", 'ticket', ticket, 'detail', detail)::text from found order by sort, ticket, detail
