-- Marks the caller's unread notifications as read, up to one.
-- $1 session, $2 the newest to mark, $3 now
with me as (select id from callers where session_id = $1::text::uuid),
notification as (
  update notifications n set read_at = $3::text::timestamptz
  from me where n.user_id = me.id and n.read_at is null and n.id <= $2::text::uuid
  returning 1
)
select json_build_object('marked', (select count(*) from notification))::text
from me
