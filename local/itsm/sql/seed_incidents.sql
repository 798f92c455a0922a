-- Incidents spread over the last 90 days, in every state, each with the events that led there. No job: they are history.
-- $1 how many
with draft as (
  select gen_random_uuid() as id, ticket_number('INC', nextval('incident_number')) as number, i,
         now() - random() * interval '90 days' as opened_at,
         1 + floor(random() * 3)::smallint as impact, 1 + floor(random() * 3)::smallint as urgency,
         (array['new', 'in_progress', 'in_progress', 'on_hold', 'resolved', 'closed', 'closed', 'closed', 'closed', 'closed'])[1 + i % 10] as state,
         (array['VPN drops every hour', 'Printer on floor 3 jams', 'E-mail does not send', 'Laptop does not start', 'Password forgotten',
                'Wi-Fi slow in the meeting room', 'Shared drive missing', 'Screen stays black'])[1 + i % 8] as what,
         (array['Network', 'Hardware', 'Software', 'Hardware', 'Account', 'Network', 'Software', 'Hardware'])[1 + i % 8] as category,
         (array['requester@example.com', 'requester2@example.com'])[1 + i % 2] as caller
  from generate_series(1, $1::int8::int) as i
), ticket as (
  insert into tickets (id, kind, number, short_description, description, state, hold_reason, impact, urgency, priority, category, channel,
                       caller_id, opened_by, assignment_group, assigned_to, opened_at, resolved_at, closed_at, close_code, close_notes,
                       version, created_at, updated_at)
  select d.id, 'incident', d.number, d.what, 'Reported by ' || d.caller || ', number ' || d.i || ' of a demonstration.', d.state,
         case when d.state = 'on_hold' then 'vendor' end, d.impact, d.urgency, p.priority, d.category, 'phone',
         md5('user ' || d.caller)::uuid, md5('user agent@example.com')::uuid,
         case when d.state <> 'new' then md5('team Service Desk')::uuid end,
         case when d.state not in ('new') then md5('user agent@example.com')::uuid end,
         d.opened_at, case when d.state in ('resolved', 'closed') then d.opened_at + interval '5 hours' end,
         case when d.state = 'closed' then d.opened_at + interval '7 days' end,
         case when d.state in ('resolved', 'closed') then 'solved' end, case when d.state in ('resolved', 'closed') then 'Restarted it.' end,
         case when d.state = 'new' then 1 else 2 end, d.opened_at, d.opened_at + interval '5 hours'
  from draft d join priorities p on p.impact = d.impact and p.urgency = d.urgency
  returning *
)
insert into events (at, ticket_id, actor_id, subject, verb, changes, version, silent)
select created_at, id, opened_by, 'incident', 'created', jsonb_build_object('short_description', jsonb_build_array(null, short_description)), 1, true from ticket
union all
select updated_at, id, opened_by, 'incident', state, jsonb_build_object('state', jsonb_build_array('new', state)), 2, true from ticket where state <> 'new'
