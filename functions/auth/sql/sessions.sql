-- A page of the caller's sessions that still count, newest first.
-- $1 session, $2 limit, $3 and $4 created_at and id after which to begin, or null
with me as (select id from callers where session_id = $1::text::uuid),
page as (
  select s.* from sessions s
  where s.user_id = (select id from me) and s.revoked_at is null and s.expires_at > now()
    and ($3::text is null or (s.created_at, s.id) < ($3::text::timestamptz, $4::text::uuid))
  order by s.created_at desc, s.id desc
  limit $2::int8 + 1
), numbered as (
  select page.*, row_number() over (order by created_at desc, id desc) as position from page
)
select json_build_object(
  'next', (select json_build_array(created_at, id) from numbered where position = $2::int8 and exists (select from numbered where position > $2::int8)),
  'items', coalesce((
    select json_agg(row_to_json(item) order by position) from numbered, lateral (
      select id, created_at, refreshed_at, expires_at, id = $1::text::uuid as current, user_agent, address
    ) as item where position <= $2::int8), '[]'))::text
from me
