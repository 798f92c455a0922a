-- $TICKETS open incidents of $BY, each with the event of its beginning and a clock in the calendar $CALENDAR.
insert into slas (id, name, type, metric, goal, calendar_id, position)
values ('00000000-0000-7000-8000-000000000001', 'Four hours', 'sla', 'resolution', '{"seconds": 14400}', '$CALENDAR', 10);

alter table events disable trigger user;  -- nobody is told of what is only scenery
with ticket as (
  insert into tickets (id, kind, number, short_description, state, priority, caller_id, opened_by, opened_at, due_at, created_at, updated_at)
  select gen_random_uuid(), 'incident', ticket_number('INC', nextval('incident_number')), 'printer ' || n, 'new', 5, '$BY', '$BY', now(),
         now() + interval '4 hours', now(), now()
  from generate_series(1, $TICKETS) as n
  returning id
), event as (
  insert into events (at, ticket_id, actor_id, subject, verb, changes, version)
  select now(), id, '$BY', 'incident', 'created', '{"state": [null, "new"]}', 1 from ticket
)
insert into ticket_slas (ticket_id, sla_id, stage, started_at, due_at, original_due_at, half_at, late_at, remind_at, marks, sla_version, calendar_version)
select id, '00000000-0000-7000-8000-000000000001', 'in_progress', now(), now() + interval '4 hours', now() + interval '4 hours', now() + interval '2 hours',
       now() + interval '3 hours', now() + interval '2 hours', jsonb_build_array(jsonb_build_object('at', now(), 'mark', 'started')), 1, 1
from ticket;
alter table events enable trigger user;
analyze tickets, ticket_slas, events;
checkpoint;
