-- Begins an endpoint's first pending delivery, for the claim that runs: {"send": the message}, "withheld" where it is no longer for this endpoint,
-- or nothing. The endpoint is held, so that of two jobs for it one sends. The attempt is counted before it is made.
-- $1 job, $2 attempt, $3 the endpoint
with endpoint as (
  select w.id, w.url, w.secret, w.restricted, w.sequence, w.failures, w.failing_since,
         case when w.old_secret_until > now() then w.old_secret end as old_secret
  from held($1::int8, $2::int8), webhooks w
  where w.id = $3::text::uuid and w.active and w.next_at <= now() and (w.job = $1::int8 or w.held_until is null or w.held_until < now())
  for no key update of w
), head as (
  select d.*, webhook_is_restricted(e.ticket_id, e.team_id) as is_restricted, row_to_json(item) as event,
         webhook_type(e.subject, e.verb, e.visibility) as type, e.at
  from endpoint, lateral (
    select d.epoch, d.xact, d.seq, d.id, d.sequence, d.first_at, d.attempts from webhook_deliveries d
    where d.webhook_id = endpoint.id and d.state = 'pending'
      and (d.epoch, d.xact) < ((select epoch from feed_epoch), pg_snapshot_xmin(pg_current_snapshot()))
    order by d.epoch, d.xact, d.seq
    limit 1
  ) as d join events e using (epoch, xact, seq) left join tickets t on t.id = e.ticket_id, lateral (
    -- as the feed shows it to an administrator; of other tickets, to one who sees no restricted ones
    select e.seq, e.at, e.subject, e.ticket_id, t.number, e.actor_id, e.verb, e.visibility,
           changes_shown('00000000-0000-0000-0000-000000000000', case when endpoint.restricted then 'admin' else 'agent' end, e.changes) as changes, e.version
  ) as item
), sent as (
  select head.* from head, endpoint where endpoint.restricted or not head.is_restricted
), held as (
  update webhooks w set job = $1::int8, held_until = now() + interval '60 seconds',
                        sequence = w.sequence + case when sent.sequence is null then 1 else 0 end
  from endpoint, sent where w.id = endpoint.id
  returning w.sequence
), begun as (
  update webhook_deliveries d set attempts = d.attempts + 1, first_at = coalesce(d.first_at, now()), last_at = now(),
                                  sequence = coalesce(d.sequence, held.sequence)
  from sent, held where d.id = sent.id
  returning d.sequence, d.first_at
), withheld as (
  update webhook_deliveries d set state = 'withheld', finished_at = now()
  from head where d.id = head.id and not exists (select from sent)
  returning 1
)
select case
  when exists (select from begun) then (
    select json_build_object('send', json_build_object(
      'id', sent.id, 'url', endpoint.url, 'secret', endpoint.secret, 'old_secret', endpoint.old_secret, 'sequence', begun.sequence,
      'failures', endpoint.failures, 'failing_for', floor(extract(epoch from now() - coalesce(endpoint.failing_since, now())))::bigint,
      'tried_for', floor(extract(epoch from now() - begun.first_at))::bigint,
      'body', json_build_object('type', sent.type, 'timestamp', sent.at, 'data', sent.event)::text))::text
    from sent, endpoint, begun)
  when exists (select from withheld) then '"withheld"' end
