-- A page of the caller's API keys, newest first; those that are over too, until they are deleted.
-- $1 session, $2 limit, $3 and $4 created_at and id after which to begin, or null
with me as (select id from callers where session_id = $1::text::uuid),
page as (
  select k.* from api_keys k
  where k.user_id = (select id from me)
    and ($3::text is null or (k.created_at, k.id) < ($3::text::timestamptz, $4::text::uuid))
  order by k.created_at desc, k.id desc
  limit $2::int8 + 1
), numbered as (
  select page.*, row_number() over (order by created_at desc, id desc) as position from page
)
select json_build_object(
  'next', (select json_build_array(created_at, id) from numbered where position = $2::int8 and exists (select from numbered where position > $2::int8)),
  'items', coalesce((
    select json_agg(row_to_json(item) order by position) from numbered, lateral (
      select id, name, prefix, scopes, created_at, expires_at, last_used_at
    ) as item where position <= $2::int8), '[]'))::text
from me
