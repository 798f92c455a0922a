-- Tells what there is to tell of clocks, each thing once, with its event; only for the claim that runs, whose lease it renews. What a row says
-- is looked at again under its lock: a clock that was paused or stopped meanwhile is not due. Work notes, for a promise may be between teams.
-- $1 job, $2 attempt, $3 now, $4 at most
with lease as (
  select from held($1::int8, $2::int8)
), due as (
  select s as row from ticket_slas s, lease where s.remind_at <= $3::text::timestamptz
  order by s.remind_at limit $4::int8
  for update of s skip locked
), told as (
  select (due.row).ticket_id, (due.row).sla_id, step.percent, step.at
  from due, lateral (
    values (50, case when (due.row).stage = 'in_progress' then (due.row).half_at end),
           (75, case when (due.row).stage = 'in_progress' then (due.row).late_at end),
           (100, coalesce((due.row).breached_at, case when (due.row).stage = 'in_progress' then (due.row).due_at end))
  ) as step(percent, at)
  where step.percent > (due.row).reminded and step.at <= $3::text::timestamptz
), furthest as (
  select ticket_id, sla_id, max(percent) as percent from told group by ticket_id, sla_id
), sla as (
  update ticket_slas s set
    reminded = after.reminded, version = s.version + 1, breached_at = case when after.reminded = 100 then coalesce(s.breached_at, s.due_at) else s.breached_at end,
    remind_at = case when s.stage = 'in_progress' and after.reminded < 50 then s.half_at when s.stage = 'in_progress' and after.reminded < 75 then s.late_at
                     when s.stage = 'in_progress' and after.reminded < 100 then s.due_at end
  from due left join furthest f on f.ticket_id = (due.row).ticket_id and f.sla_id = (due.row).sla_id,
       lateral (select greatest((due.row).reminded, coalesce(f.percent, 0))::smallint as reminded) as after
  where s.ticket_id = (due.row).ticket_id and s.sla_id = (due.row).sla_id
  returning 1
), event as (
  insert into events (at, ticket_id, subject, verb, visibility, changes)
  select $3::text::timestamptz, told.ticket_id, 'incident', case when told.percent = 100 then 'sla_breached' else 'sla_warning' end, 'work_note',
         jsonb_build_object('sla', jsonb_build_array(null, slas.name), 'sla_id', jsonb_build_array(null, slas.id), 'percent', jsonb_build_array(null, told.percent))
  from told join slas on slas.id = told.sla_id
  order by told.at, told.ticket_id, told.percent
)
select json_build_object('rows', (select count(*) from sla))::text from lease
