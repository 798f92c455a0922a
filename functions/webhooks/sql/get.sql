-- One webhook without its secret, for administrators.
-- $1 session, $2 id
with me as (select id, role from callers where session_id = $1::text::uuid)
select case when me.role <> 'admin' then '"forbidden"' else (
  select row_to_json(body)::text from (
    select id, url, description, events, restricted, active, disabled_reason, old_secret_until, version, created_at, updated_at
    from webhooks where id = $2::text::uuid and deleted_at is null
  ) as body) end
from me
