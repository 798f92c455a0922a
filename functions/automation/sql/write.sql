-- A rule's effect on a ticket with its mark, events, comments, deliveries and jobs, or nothing if ticket or rule are not as they were read, the claim is
-- another's, or the mark is there. The mark and not `complete` guards it, because an occasion may have more rules: the job ends after the last.
-- "refused" names the rule of `refusal` that it would break. It acts with an administrator's rights, by the rule's own row in `users`.
-- $1 job, $2 attempt, $3 the rule, $4 its version, $5 the occasion, $6 the ticket, $7 the version read, $8 the columns to set, as JSON, $9 the verb,
-- $10 now, $11 the steps as JSON, $12 the rules that led here
with rule as materialized (
  select r.id, r.name, r.version from held($1::int8, $2::int8), rules r
  where r.id = $3::text::uuid and r.version = $4::int8 and r.active
    and not exists (select from rule_runs done where done.rule_id = r.id and done.occasion = $5::text)
), before as (
  select t as row from tickets t, rule where t.id = $6::text::uuid and t.version = $7::int8 for no key update of t
), changed as (
  select p as row from before, lateral jsonb_populate_record(before.row, $8::text::jsonb
    || jsonb_build_object('version', (before.row).version + 1, 'updated_at', $10::text)) as p
), refused as (
  select refusal(rule.id, 'admin', before.row, changed.row) as why from rule, before, changed
), after as (
  select (changed.row).*,
         case when ((before.row).impact, (before.row).urgency) = ((changed.row).impact, (changed.row).urgency) then (before.row).priority
              else (select x.priority from priorities x where x.impact = (changed.row).impact and x.urgency = (changed.row).urgency) end as now_priority
  from before, changed, refused where refused.why is null
), step as (
  select s.position, (s.item ->> 'id')::uuid as id, s.item ->> 'comment' as comment, s.item ->> 'visibility' as visibility,
         s.item -> 'notify' as notify, s.item ->> 'text' as text, s.item ->> 'webhook' as webhook
  from jsonb_array_elements($11::text::jsonb) with ordinality as s(item, position)
), run as (
  insert into rule_runs (rule_id, occasion, ticket_id, epoch, rule_version, left_version, chain, outcome, plan, at)
  select rule.id, $5::text, after.id, (select epoch from feed_epoch), rule.version,
         after.version - case when $8::text = '{}' then 1 else 0 end, array(select jsonb_array_elements_text($12::text::jsonb)::uuid), 'done',
         jsonb_build_object('set', $8::text::jsonb, 'steps', (select coalesce(jsonb_agg(s.item - 'id'), '[]') from jsonb_array_elements($11::text::jsonb) as s(item))),
         $10::text::timestamptz
  from rule, after
  on conflict do nothing
  returning left_version
), ticket as (
  update tickets t set
    short_description = p.short_description, description = p.description, state = p.state, hold_reason = p.hold_reason, impact = p.impact,
    urgency = p.urgency, priority = p.now_priority, category = p.category, subcategory = p.subcategory, channel = p.channel, location = p.location,
    assignment_group = p.assignment_group, assigned_to = p.assigned_to, major = p.major, resolved_at = p.resolved_at, closed_at = p.closed_at,
    close_code = p.close_code, close_notes = p.close_notes, reassignment_count = p.reassignment_count, reopen_count = p.reopen_count,
    custom = p.custom, version = p.version, updated_at = p.updated_at
  from after p, run where t.id = p.id and $8::text <> '{}'
  returning t.*
), event as (
  insert into events (at, ticket_id, actor_id, subject, verb, visibility, changes, version)
  select $10::text::timestamptz, after.id, rule.id, 'incident', happened.verb, happened.visibility, happened.changes, happened.version
  from rule, run, after, lateral (
    select 0 as position, $9::text as verb, 'public' as visibility, changes(to_jsonb(before.row), to_jsonb(ticket)) as changes, ticket.version
    from ticket, before
    union all
    select position, 'commented', step.visibility, jsonb_build_object('comment', jsonb_build_array(null, comment)), null from step where comment is not null
    union all
    -- what people are told is not for requesters who merely read the history
    select position, 'rule_notified', 'work_note',
           jsonb_build_object('users', jsonb_build_array(null, rule_audience(notify, changed.row)), 'text', jsonb_build_array(null, step.text)), null
    from step, changed where notify is not null
    union all
    select position, 'rule_called', 'public', jsonb_build_object('webhook', jsonb_build_array(null, webhook), 'rule', jsonb_build_array(null, rule.name)), null
    from step where webhook is not null
  ) as happened
  order by happened.position
  returning epoch, xact, seq, verb, changes
), comment as (
  insert into comments (id, ticket_id, author_id, visibility, body, created_at)
  select step.id, after.id, rule.id, step.visibility, step.comment, $10::text::timestamptz from rule, run, after, step where step.comment is not null
), delivery as (
  insert into webhook_deliveries (webhook_id, epoch, xact, seq)
  select w.id, event.epoch, event.xact, event.seq
  from event join webhooks w on w.id::text = event.changes -> 'webhook' ->> 1 and w.active where event.verb = 'rule_called'
  on conflict do nothing
), job as (
  select 'sweep' as queue, due.at, enqueue('sweep', 'close:' || ticket.id || ':' || ticket.version, '{}', due.at) as id
  from ticket, before, settings, lateral (select ticket.resolved_at + make_interval(days => auto_close_days) as at) as due
  where ticket.state = 'resolved' and (before.row).state <> 'resolved' and not ticket.major
  union all
  select 'sla', now(), recompute_slas(ticket.id) from ticket
  union all
  select 'children', now(), child.job
  from ticket, before, rule, lateral resolve_children(ticket.id, ticket.version, rule.id) as child(job)
  where ticket.state = 'resolved' and (before.row).state <> 'resolved'
)
select case
  when (select why from refused) is not null then json_build_object('refused', (select why from refused))::text
  when exists (select from run) then json_build_object('done', coalesce((select json_agg(json_build_array(queue, id)) from job where at <= now()), '[]'))::text end
