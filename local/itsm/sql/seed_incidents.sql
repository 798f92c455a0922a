-- Incidents of the last 90 days, in every state, each with the events that led there. No job: they are history.
-- $1 how many
with draft as (
  select gen_random_uuid() as id, ticket_number('INC', nextval('incident_number')) as number, i, s.state,
         now() - s.least_age - random() * s.spread as opened_at, s.version,
         1 + floor(random() * 3)::smallint as impact, 1 + floor(random() * 3)::smallint as urgency,
         (array['VPN drops every hour', 'Printer on floor 3 jams', 'E-mail does not send', 'Laptop does not start', 'Password forgotten',
                'Wi-Fi slow in the meeting room', 'Shared drive missing', 'Screen stays black'])[1 + i % 8] as what,
         (array['Network', 'Hardware', 'Software', 'Hardware', 'Account', 'Network', 'Software', 'Hardware'])[1 + i % 8] as category,
         (array['requester@example.com', 'requester2@example.com'])[1 + i % 2] as caller
  from generate_series(1, $1::int8::int) as i
  join (values ('new', interval '1 minute', interval '1 day', 1), ('in_progress', '1 hour', '10 days', 2), ('on_hold', '1 hour', '10 days', 3),
               ('resolved', '6 hours', '6 days', 3), ('closed', '7 days 6 hours', '82 days', 4)) as s(state, least_age, spread, version)
    on s.state = (array['new', 'in_progress', 'in_progress', 'on_hold', 'resolved', 'closed', 'closed', 'closed', 'closed', 'closed'])[1 + i % 10]
), ticket as (
  insert into tickets (id, kind, number, short_description, description, state, hold_reason, impact, urgency, priority, category, channel,
                       caller_id, opened_by, assignment_group, assigned_to, opened_at, resolved_at, closed_at, close_code, close_notes,
                       reassignment_count, version, created_at, updated_at)
  select d.id, 'incident', d.number, d.what, 'Reported by ' || d.caller || ', number ' || d.i || ' of a demonstration.', d.state,
         case when d.state = 'on_hold' then 'vendor' end, d.impact, d.urgency, p.priority, d.category, 'phone',
         md5('user ' || d.caller)::uuid, md5('user agent@example.com')::uuid,
         case when d.state <> 'new' then md5('team Service Desk')::uuid end,
         case when d.state <> 'new' then md5('user agent@example.com')::uuid end,
         d.opened_at, case when d.state in ('resolved', 'closed') then d.opened_at + interval '5 hours' end,
         case when d.state = 'closed' then d.opened_at + interval '7 days 5 hours' end,
         case when d.state in ('resolved', 'closed') then 'solved' end, case when d.state in ('resolved', 'closed') then 'Restarted it.' end,
         case when d.state = 'new' then 0 else 1 end, d.version, d.opened_at,
         d.opened_at + case d.state when 'new' then '0' when 'in_progress' then '10 minutes' when 'on_hold' then '30 minutes' when 'resolved' then '5 hours' else '7 days 5 hours' end::interval
  from draft d join priorities p on p.impact = d.impact and p.urgency = d.urgency
  returning *
)
insert into events (at, ticket_id, actor_id, subject, verb, changes, version, silent)
select t.opened_at + happened.after, t.id, happened.actor_id, 'incident', happened.verb, happened.changes, happened.version, true
from ticket t cross join lateral (values
  (interval '0', opened_by, 'created', jsonb_build_object('short_description', jsonb_build_array(null, short_description), 'state', '[null, "new"]'::jsonb), 1, true),
  ('10 minutes', assigned_to, 'in_progress', jsonb_build_object('state', '["new", "in_progress"]'::jsonb, 'assigned_to', jsonb_build_array(null, assigned_to),
                                                                'assignment_group', jsonb_build_array(null, assignment_group)), 2, true),
  ('30 minutes', assigned_to, 'on_hold', '{"state": ["in_progress", "on_hold"], "hold_reason": [null, "vendor"]}', 3, state = 'on_hold'),
  ('5 hours', assigned_to, 'resolved', jsonb_build_object('state', '["in_progress", "resolved"]'::jsonb, 'close_code', jsonb_build_array(null, close_code),
                                                          'close_notes', jsonb_build_array(null, close_notes)), 3, state in ('resolved', 'closed')),
  ('7 days 5 hours', null, 'closed', '{"state": ["resolved", "closed"]}', 4, true)
) as happened(after, actor_id, verb, changes, version, is_of_it)
where happened.version <= t.version and happened.is_of_it
order by 1
