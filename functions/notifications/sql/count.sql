-- How many notifications the caller has of those that list.sql shows, counted to a bound.
-- $1 session, $2 only unread (true) or read (false), or null, $3 where counting ends
with me as (select id, role from callers where session_id = $1::text::uuid)
select (
  select count(*) from (
    select from notifications n join tickets t on t.id = n.ticket_id
    where n.user_id = me.id
      and ($2::bool is null or (n.read_at is null) = $2::bool)
      and (n.visibility = 'public' or me.role <> 'requester')
      and sees(n.user_id, me.role, t.id, t.caller_id, t.restricted_to)
    limit $3::int8
  ) as theirs
)::text
from me
