-- Deletes a chunk of what is over from each table, the oldest first; only for the claim that runs, whose lease it renews. Answers the most that
-- one table had. A session or a key that ended, and a reset that was used, stay a month: that is how long somebody may ask about them;
-- what was read in an inbox stays three months, and what replies are known by more than a year. A rule's runs stay three months, of a rule of time longer
-- by its time, for they keep it from reacting to itself; and while a job is dead that could be run again on their occasion.
-- $1 job, $2 attempt, $3 rows of each table at most
with lease as materialized (
  select from held($1::int8, $2::int8)
), job as (
  delete from jobs where id in (
    select id from jobs where state in ('done', 'canceled') and finished_at < now() - interval '7 days' and exists (select from lease)
    order by finished_at limit $3::int8 for update skip locked)
  returning 1
), idempotency_key as (
  delete from idempotency_keys where ctid = any (array(
    select ctid from idempotency_keys where created_at < now() - interval '24 hours' and exists (select from lease)
    order by created_at limit $3::int8 for update skip locked))
  returning 1
), session as (
  delete from sessions where id in (
    select id from sessions where least(expires_at, coalesce(revoked_at, 'infinity')) < now() - interval '30 days' and exists (select from lease)
    order by least(expires_at, coalesce(revoked_at, 'infinity')) limit $3::int8 for update skip locked)
  returning 1
), password_reset as (
  delete from password_resets where id in (
    select id from password_resets where expires_at < now() - interval '30 days' and exists (select from lease)
    order by expires_at limit $3::int8 for update skip locked)
  returning 1
), api_key as (
  delete from api_keys where id in (
    select id from api_keys where expires_at < now() - interval '30 days' and exists (select from lease)
    order by expires_at limit $3::int8 for update skip locked)
  returning 1
), login_attempt as (
  delete from login_attempts where ctid = any (array(
    select ctid from login_attempts where next_at < now() - interval '1 hour' and exists (select from lease)
    order by next_at limit $3::int8 for update skip locked))
  returning 1
), notification as (
  delete from notifications where id in (
    select id from notifications where read_at < now() - interval '90 days' and exists (select from lease)
    order by read_at limit $3::int8 for update skip locked)
  returning 1
), mail as (
  delete from mails where id in (
    select id from mails where ended_at < now() - interval '400 days' and exists (select from lease)
    order by ended_at limit $3::int8 for update skip locked)
  returning 1
), inbound_mail as (
  delete from inbound_mails where id in (
    select id from inbound_mails where state = 'done' and attachments = 0 and ended_at < now() - interval '400 days' and exists (select from lease)
    order by ended_at limit $3::int8 for update skip locked)
  returning 1
), set_aside as (
  delete from inbound_mails where id in (
    select id from inbound_mails where state = 'set_aside' and received_at < now() - interval '400 days' and exists (select from lease)
    order by received_at limit $3::int8 for update skip locked)
  returning 1
), rule_run as (
  delete from rule_runs where (rule_id, occasion) in (
    select o.rule_id, o.occasion from rule_runs o join rules r on r.id = o.rule_id
    where o.at < now() - interval '90 days' and o.at < now() - interval '90 days' - make_interval(mins => coalesce(r.after_minutes, 0))
      and o.occasion <> all (array(select key from jobs where state = 'dead' and queue = 'automation'))
      and exists (select from lease)
    order by o.at limit $3::int8 for update of o skip locked)
  returning 1
), inbound_signature as (
  delete from inbound_signatures where signature in (
    select signature from inbound_signatures where at < now() - interval '1 hour' and exists (select from lease)
    order by at limit $3::int8 for update skip locked)
  returning 1
)
select json_build_object('most', greatest(
  (select count(*) from job), (select count(*) from idempotency_key), (select count(*) from session),
  (select count(*) from password_reset), (select count(*) from api_key), (select count(*) from login_attempt),
  (select count(*) from notification), (select count(*) from mail), (select count(*) from inbound_mail), (select count(*) from set_aside),
  (select count(*) from rule_run), (select count(*) from inbound_signature)))::text
from lease
