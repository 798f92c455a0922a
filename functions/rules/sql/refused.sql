-- Which of the desk's rules a plan would break, as `refusal` says it to the run that writes it; for administrators.
-- $1 session, $2 the rule, $3 the ticket, $4 the columns to set, as JSON
with me as (select id, role from callers where session_id = $1::text::uuid)
select case when me.role <> 'admin' then '"forbidden"' else (
  select json_build_object('refused', refusal(r.id, 'admin', t, p))::text
  from rules r, tickets t, lateral jsonb_populate_record(t, $4::text::jsonb) as p
  where r.id = $2::text::uuid and r.deleted_at is null and t.id = $3::text::uuid) end
from me
