-- Puts a rule aside with the event of it; what it did names it still.
-- $1 session, $2 id, $3 now
with me as (select id from callers where session_id = $1::text::uuid and role = 'admin'),
rule as (
  update rules r set active = false, deleted_at = $3::text::timestamptz, version = r.version + 1, updated_at = $3::text::timestamptz
  from me where r.id = $2::text::uuid and r.deleted_at is null
  returning r.id, r.updated_at
), event as (
  insert into events (at, actor_id, subject, verb, changes)
  select rule.updated_at, me.id, 'rule', 'deleted', jsonb_build_object('rule_id', jsonb_build_array(rule.id, null)) from rule, me
)
select case when not exists (select from me) then '"forbidden"' else (select '{}' from rule) end
from callers where session_id = $1::text::uuid
