-- The demonstration's promises, by priority, and the job that gives the open incidents their clocks; what is there stays.
with promise(name, metric, priorities, goal, calendar, position) as (
  values ('Critical: answered in 15 minutes', 'response', '[1]', '{"seconds": 900}', 'Around the clock', 10),
         ('High: answered in half an hour', 'response', '[2]', '{"seconds": 1800}', 'Around the clock', 20),
         ('Answered in four hours', 'response', '[3, 4, 5]', '{"seconds": 14400}', 'Business hours', 30),
         ('Critical: resolved in four hours', 'resolution', '[1]', '{"seconds": 14400}', 'Around the clock', 10),
         ('High: resolved in eight hours', 'resolution', '[2]', '{"seconds": 28800}', 'Around the clock', 20),
         ('Moderate: resolved in 16 working hours', 'resolution', '[3]', '{"seconds": 57600}', 'Business hours', 30),
         ('Low: resolved in five business days', 'resolution', '[4]', '{"business_days": 5, "end_of_day": false}', 'Business hours', 40),
         ('Planning: resolved by the end of ten business days', 'resolution', '[5]', '{"business_days": 10, "end_of_day": true}', 'Business hours', 50),
         ('Told again within a working day', 'update', '[1, 2, 3]', '{"seconds": 28800}', 'Business hours', 10)
), sla as (
  insert into slas (id, name, type, metric, conditions, goal, calendar_id, position)
  select md5('sla ' || promise.name)::uuid, promise.name, 'sla', metric, jsonb_build_object('priority', priorities::jsonb), goal::jsonb, c.id, promise.position
  from promise join calendars c on c.name = calendar
  on conflict do nothing
  returning id
)
select enqueue('sla', 'all', '{"all": true}', now()) where exists (select from sla)
