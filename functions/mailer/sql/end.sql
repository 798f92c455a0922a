-- Notes what became of a mail, and is done with the job; only for the claim that runs.
-- $1 job, $2 attempt, $3 the mail, $4 sent | refused | dropped, $5 what the server said that refused it, or null
with lease as (
  select from complete($1::int8, $2::int8)
)
update mails m set state = $4::text, refusal = $5::text, ended_at = now()
from lease where m.id = $3::text::uuid and m.state = 'queued'
returning m.id::text
