-- Deletes a chunk of deliveries that were over a month ago, and of endpoints that were deleted; such an endpoint itself once it has none. Only
-- for the claim that runs, whose lease it renews. Answers how many deliveries went.
-- $1 job, $2 attempt, $3 rows at most
with lease as materialized (
  select from held($1::int8, $2::int8)
), old as (
  select id from webhook_deliveries where finished_at < now() - interval '30 days' and exists (select from lease)
  order by finished_at limit $3::int8 for update skip locked
), orphan as (
  select d.id from webhooks w join webhook_deliveries d on d.webhook_id = w.id
  where w.deleted_at is not null and exists (select from lease)
  limit $3::int8 for update of d skip locked
), delivery as (
  delete from webhook_deliveries where id in (select id from old union all select id from orphan)
  returning 1
), endpoint as (
  delete from webhooks w using lease
  where w.deleted_at < now() - interval '1 hour' and not exists (select from webhook_deliveries d where d.webhook_id = w.id)
)
select count(*)::text from delivery, lease
