-- Lifelike incidents $2 to $3 of $1, over three years, in the order in which they came: nineteen of twenty are closed, one in twenty-five
-- belongs to a restricted team; about eight events and four comments each. No job: they are history.
-- $1 how many in all, $2 the first, $3 the last of this chunk, $4 how many people, $5 the number before the first
with chance as materialized (
  select i, now() - interval '3 years' * ((($1::int8 - i) + random()) / $1::int8) as opened_at,
         random() as state, random() as kind, random() as caller, random() as team, random() as member, random() as category, random() as channel,
         random() as level, random() as time, random() as text, random() as due, random() < 0.5 as german
  from generate_series($2::int8, $3::int8) as i
), words as (
  select i, array_agg(word) as w
  from (select i, german, floor(200000 ^ random())::int as k from chance, generate_series(1, 13)) as draw join seed_words using (german, k)
  group by i
), draft as (
  select c.*, w.w,
         (lpad(to_hex(floor(extract(epoch from opened_at) * 1000)::int8), 12, '0') || '7' || substr(md5(c.i || 'a' || c.text), 1, 3) || '8' || substr(md5(c.i || 'b' || c.text), 1, 15))::uuid as id,
         now() - opened_at as age,
         case when opened_at > now() - interval '30 days' then state < 0.9 when opened_at > now() - interval '90 days' then state < 0.35 else state < 0.007 end as open,
         case when c.channel < 0.3 then 'monitoring' when c.channel < 0.6 then 'portal' when c.channel < 0.8 then 'email' when c.channel < 0.95 then 'phone' else 'api' end as by,
         (case when c.team < 0.3 then 0 else floor(40 * ((c.team - 0.3) / 0.7) ^ 1.2) end)::int as team_at,
         case when level < 0.02 then 1 when level < 0.1 then 2 when level < 0.4 then 4 when level < 0.7 then 6 else 9 end as matrix
  from chance c join words w using (i)
), ticket as (
  insert into tickets (id, kind, number, short_description, description, state, hold_reason, impact, urgency, priority, category, channel, location,
                       caller_id, opened_by, assignment_group, assigned_to, major, parent_id, restricted_to, opened_at, due_at, resolved_at, closed_at,
                       close_code, close_notes, reassignment_count, version, created_at, updated_at)
  select d.id, 'incident', ticket_number('INC', $5::int8 + i),
         case when german then w[1] || ' ' || (array['funktioniert nicht', 'sehr langsam', 'zeigt eine Fehlermeldung', 'reagiert nicht', 'bitte neu einrichten', 'fehlt seit dem Update', 'gesperrt', 'für neue Kollegin'])[1 + floor(text * 8)::int]
              else w[1] || ' ' || (array['does not work', 'is very slow', 'shows an error', 'does not respond', 'to be set up again', 'missing since the update', 'locked', 'for a new colleague'])[1 + floor(text * 8)::int] end,
         case when german then 'Seit heute Morgen ist das Problem bei uns in der Abteilung aufgetreten und wir können nicht arbeiten. Es geht um ' || array_to_string(w[2:7], ', ')
                               || '. Wir haben schon versucht, es mit einem Neustart zu lösen; danach kam ' || array_to_string(w[8:13], ' und ') || ' dazu. Bitte um Rückruf.'
              else 'Since this morning we have had this problem in our department and cannot work. It is about ' || array_to_string(w[2:7], ', ')
                   || '. We have tried to solve it by starting it again; after that there was ' || array_to_string(w[8:13], ' and ') || ' too. Please call back.' end
         || case when text > 0.97 then E'\n' || repeat('2024-01-01T00:00:00Z host' || i % 5000 || ' daemon[' || i || E']: connection reset by peer\n', 40) else '' end,
         s.state, case when s.state = 'on_hold' then (array['caller', 'problem', 'change', 'vendor', 'evidence'])[1 + floor(member * 5)::int] end,
         (matrix + 2) / 3, 1 + (matrix + 2) % 3, p.priority,
         case when i % greatest($1::int8 / 10, 10) = 7 then 'Fleet' when team_at = 37 then 'Personnel'
              else (array['Software', 'Hardware', 'Account', 'Network', 'Printing', 'Telephony', 'Database', 'Security'])[1 + floor(8 * d.category ^ 2)::int] end,
         d.by, (array['Site North', 'Site South', 'Home', null])[1 + i % 4],
         case when d.by = 'monitoring' then md5('user monitoring@example.com')::uuid
              else md5('person ' || $4::int8 / 50 + floor(($4::int8 - $4::int8 / 50) * caller ^ 1.5)::int8)::uuid end,
         case when d.by = 'monitoring' then md5('user monitoring@example.com')::uuid else md5('person ' || 4 + floor(($4::int8 / 50 - 4) * member)::int8)::uuid end,
         g.id, case when s.state <> 'new' and g.id is not null and time > 0.05 then worker.id end,
         i % 500 = 0, case when (i - 1) % 1000 between 1 and 5 then first_value(d.id) over (partition by (i - 1) / 1000 order by i) end,
         case when g.restricted then g.id end, opened_at,
         case when s.state in ('new', 'in_progress', 'on_hold') and d.due < 0.8 then now() + interval '15 days' * (d.due - 0.3) else 'infinity' end,
         case when s.state in ('resolved', 'closed') then t.resolved_at end,
         case s.state when 'closed' then least(t.resolved_at + interval '7 days', now()) when 'canceled' then t.resolved_at end,
         case when s.state in ('resolved', 'closed') then (array['solved', 'workaround', 'not_reproducible', 'no_fault'])[1 + floor(member ^ 2 * 4)::int] end,
         case when s.state in ('resolved', 'closed') then case when german then 'Treiber erneuert und Dienst neu gestartet.' else 'Renewed the driver and restarted the service.' end end,
         case when s.state <> 'new' and g.id is not null then 1 else 0 end, case s.state when 'new' then 1 when 'closed' then 5 when 'resolved' then 4 else 3 end, opened_at,
         case when s.state = 'closed' then least(t.resolved_at + interval '7 days', now()) when d.open then now() - (now() - opened_at) * time ^ 2 else t.resolved_at end
  from draft d
  join priorities p on p.impact = (matrix + 2) / 3 and p.urgency = 1 + (matrix + 2) % 3
  cross join lateral (select least(opened_at + interval '3 days' * time ^ 3, now()) as resolved_at) as t
  cross join lateral (select case when not open then case when kind < 0.03 then 'canceled' else 'closed' end
                                  when kind < 0.15 then 'new' when kind < 0.6 then 'in_progress' when kind < 0.8 then 'on_hold' else 'resolved' end as state) as s
  left join lateral (select id, restricted from teams where id = md5('team ' || (array['Service Desk', 'Network', 'Workplace', 'Windows', 'Linux', 'Databases', 'Storage', 'Backup', 'Mail', 'Telephony',
                    'Printing', 'Identity', 'Firewall', 'Cloud', 'Virtualisation', 'Mobile', 'Video', 'Intranet', 'Web Shop', 'ERP',
                    'CRM', 'Logistics', 'Warehouse', 'Production', 'Laboratory', 'Quality', 'Finance Systems', 'Data Warehouse', 'Reporting', 'Integration',
                    'Mainframe', 'Archive', 'Licences', 'Procurement', 'Facilities', 'Site North', 'Site South', 'Human Resources', 'Security', 'Payroll'])[1 + team_at])::uuid
                     and (s.state <> 'new' or time < 0.4)) as g on true
  left join users worker on worker.id = md5('person ' || 4 + (team_at + 36) % 40 + 40 * floor(greatest(1, $4::int8 / 50 / 40) * member)::int8)::uuid
  order by i
  returning id, number, short_description, state, opened_by, caller_id, assignment_group, assigned_to, opened_at, updated_at, version
), watcher as (
  insert into watchers (ticket_id, user_id)
  select id, md5('person ' || $4::int8 / 50 + floor(($4::int8 - $4::int8 / 50) * random())::int8)::uuid from ticket where random() < 0.2
), comment as (
  insert into comments (id, ticket_id, author_id, visibility, body, created_at)
  select gen_random_uuid(), id, case when n = 2 then caller_id else coalesce(assigned_to, opened_by) end, case when n in (1, 4) then 'work_note' else 'public' end,
         (array['Looked at the log: nothing before the restart.', 'Es ist wieder passiert, bitte noch einmal anrufen.', 'Could you send a picture of the message?', 'Passed on to the second level, they know it.'])[n]
           || ' (' || number || ')',
         opened_at + (updated_at - opened_at) * n / 5
  from ticket, generate_series(1, 4) as n where version > 1
)
insert into events (at, ticket_id, actor_id, subject, verb, visibility, changes, version, silent)
select opened_at + (updated_at - opened_at) * happened.part, id, happened.actor, 'incident', happened.verb, happened.visibility, happened.changes, happened.version, true
from ticket cross join lateral (select case when state in ('on_hold', 'canceled') then state else 'in_progress' end as step) as third
cross join lateral (values
  (0.0, opened_by, 'created', 'public', jsonb_build_object('number', jsonb_build_array(null, number), 'short_description', jsonb_build_array(null, short_description), 'state', '[null, "new"]'::jsonb), 1, 1),
  (0.1, opened_by, 'updated', 'public', jsonb_build_object('assignment_group', jsonb_build_array(null, assignment_group)), 2, 2),
  (0.2, coalesce(assigned_to, opened_by), 'commented', 'work_note', '{}'::jsonb, null, 2),
  (0.3, coalesce(assigned_to, opened_by), step, 'public', jsonb_build_object('state', jsonb_build_array('new', step)), 3, 3),
  (0.4, caller_id, 'commented', 'public', '{}'::jsonb, null, 2),
  (0.6, coalesce(assigned_to, opened_by), 'commented', 'public', '{}'::jsonb, null, 2),
  (0.8, coalesce(assigned_to, opened_by), 'resolved', 'public', '{"state": ["in_progress", "resolved"]}'::jsonb, 4, 4),
  (1.0, null, 'closed', 'public', '{"state": ["resolved", "closed"]}'::jsonb, 5, 5)
) as happened(part, actor, verb, visibility, changes, version, least_version)
where ticket.version >= happened.least_version
