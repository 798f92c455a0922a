-- A message, and how often it has been begun with this time; only for the claim that runs, whose lease it renews, and while it is not done with.
-- $1 job, $2 attempt, $3 the message
with lease as (
  select from held($1::int8, $2::int8)
), mail as (
  update inbound_mails m set tries = m.tries + 1 from lease where m.id = $3::text::uuid and m.state = 'received'
  returning m.tries, m.raw
)
select json_build_object('tries', tries, 'raw', encode(raw, 'base64'))::text from mail
