-- Gives an endpoint back, and ends the job with that. Nothing if the claim is another's by now.
-- $1 job, $2 attempt, $3 the endpoint
with ended as materialized (
  select from complete($1::int8, $2::int8)
), released as (
  update webhooks w set job = null, held_until = null from ended where w.id = $3::text::uuid and w.job = $1::int8
  returning 1
)
select count(*)::text from released
