-- One rule, for administrators.
-- $1 session, $2 id
with me as (select id, role from callers where session_id = $1::text::uuid)
select case when me.role <> 'admin' then '"forbidden"' else (
  select row_to_json(body)::text from (
    select id, name, description, "position", active, events, case when after_minutes is not null then json_build_object('minutes', after_minutes, 'since', since) end as after,
           conditions, actions, version, created_at, updated_at
    from rules where id = $2::text::uuid and deleted_at is null
  ) as body) end
from me
