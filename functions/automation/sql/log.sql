-- Notes that a rule was not carried out on an occasion, and why, for the claim that ran; nothing if that is another's.
-- $1 job, $2 attempt, $3 the rule, $4 its version, $5 the occasion, $6 the ticket, $7 skipped or failed, $8 why, $9 now, $10 the rules that led here
insert into rule_runs (rule_id, occasion, ticket_id, epoch, rule_version, chain, outcome, error, at)
select $3::text::uuid, $5::text, $6::text::uuid, (select epoch from feed_epoch), $4::int8,
       array(select jsonb_array_elements_text($10::text::jsonb)::uuid), $7::text, left($8::text, 2000), $9::text::timestamptz
from held($1::int8, $2::int8)
on conflict do nothing
returning id::text
