-- What is measured of the desk itself, as JSON: [[{metric, labels, value}]]. It reads every open incident and those resolved within a day, so it is
-- asked for once a minute only. Of a priority without incidents nothing is said; of a day without any resolved neither.
with open as (
  select state, priority, count(*) as incidents from tickets where kind = 'incident' and state in ('new', 'in_progress', 'on_hold', 'resolved') group by state, priority
), sla as (
  select count(*) filter (where stage = 'in_progress') as running, count(*) filter (where stage = 'paused') as paused,
         count(*) filter (where stage = 'in_progress' and due_at between now() and now() + interval '1 hour') as due_soon,
         count(*) filter (where breached_at is not null or stage = 'in_progress' and due_at < now()) as breached
  from ticket_slas where stage in ('in_progress', 'paused')
), resolved as (
  select id, caller_id, extract(epoch from resolved_at - opened_at) as resolution,
         extract(epoch from (select min(c.created_at) from comments c join users u on u.id = c.author_id
                             where c.ticket_id = t.id and c.visibility = 'public' and c.author_id <> t.caller_id and u.role in ('agent', 'manager', 'admin')
                               and not exists (select from rules r where r.id = u.id)) - opened_at) as response
  from tickets t where kind = 'incident' and resolved_at > now() - interval '1 day'
), taken as (
  select 'itsm_incident_resolution_seconds' as metric, percentile_cont('{0.5,0.95}'::float8[]) within group (order by resolution) as seconds from resolved
  union all
  select 'itsm_incident_response_seconds', percentile_cont('{0.5,0.95}'::float8[]) within group (order by response) from resolved
), kept as (
  select d.metric, case when s.breached_at is null then 'met' else 'breached' end as outcome, count(*) as clocks
  from resolved r join ticket_slas s on s.ticket_id = r.id join slas d on d.id = s.sla_id
  where s.stage = 'completed' and d.type = 'sla'
  group by 1, 2
)
select json_build_array(
  (select json_agg(json_build_object('metric', 'itsm_incidents', 'labels', json_build_object('state', state, 'priority', priority::text), 'value', incidents)) from open),
  (select json_agg(json_build_object('metric', 'itsm_slas', 'labels', json_build_object('stage', stage), 'value', clocks)) from sla, lateral (
    values ('running', running), ('paused', paused), ('due_soon', due_soon), ('breached', breached)) as each(stage, clocks)),
  (select json_build_array(json_build_object('metric', 'itsm_incidents_resolved', 'labels', json_build_object(), 'value', count(*))) from resolved),
  (select json_agg(json_build_object('metric', metric, 'labels', json_build_object('quantile', quantile), 'value', seconds[place])) from taken, lateral (
    values ('0.5', 1), ('0.95', 2)) as each(quantile, place) where seconds is not null),
  (select json_agg(json_build_object('metric', 'itsm_slas_completed', 'labels', json_build_object('metric', metric, 'outcome', outcome), 'value', clocks)) from kept))::text
