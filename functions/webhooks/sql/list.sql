-- A page of webhooks, the oldest first, for administrators.
-- $1 session, $2 limit, $3 active or null, $4 and $5 time and id after which to begin, or null
with me as (select id, role from callers where session_id = $1::text::uuid),
page as (
  select w.* from webhooks w
  where (select role from me) = 'admin' and w.deleted_at is null
    and ($3::bool is null or w.active = $3::bool)
    and ($4::text is null or (w.created_at, w.id) > ($4::text::timestamptz, $5::text::uuid))
  order by w.created_at, w.id
  limit $2::int8 + 1
), numbered as (
  select page.*, row_number() over (order by created_at, id) as position from page
)
select case when me.role <> 'admin' then '"forbidden"' else json_build_object(
  'next', (select json_build_array(created_at::text, id) from numbered where position = $2::int8 and exists (select from numbered where position > $2::int8)),
  'items', coalesce((
    select json_agg(row_to_json(item) order by position) from numbered, lateral (
      select id, url, description, events, restricted, active, disabled_reason, old_secret_until, version, created_at, updated_at
    ) as item where position <= $2::int8), '[]'))::text end
from me
