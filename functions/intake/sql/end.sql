-- What became of a message of which nothing comes, and the end of the job; only for the claim that runs.
-- $1 job, $2 attempt, $3 the message, $4 done | set_aside, $5 why, $6 the message as JSON, as far as it was read: sender, attachments,
-- verified
with lease as (
  select from complete($1::int8, $2::int8)
)
update inbound_mails m set state = $4::text, outcome = $5::text, sender = $6::text::jsonb ->> 'sender',
                           attachments = coalesce(($6::text::jsonb ->> 'attachments')::integer, 0),
                           verified = coalesce(($6::text::jsonb ->> 'verified')::boolean, false), ended_at = now()
from lease where m.id = $3::text::uuid and m.state = 'received'
returning m.id::text
