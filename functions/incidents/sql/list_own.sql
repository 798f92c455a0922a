-- A page of a requester's own incidents and those watched; `list.rs` adds the order, `list_page.sql` the JSON.
-- $1 session, $2 limit, $3 state or null, $4 priority or null, $5 and $6 the sort keys after which to begin, or null, $7 the sort column
with me as (select id, role, true as own_only from callers where session_id = $1::text::uuid),
page as (
  select t.* from tickets t
  where t.kind = 'incident'
    and (select role from me) = 'requester'
    and t.id in (select id from tickets where caller_id = (select id from me)
                 union select ticket_id from watchers where user_id = (select id from me))
    and ($3::text is null or t.state = $3::text)
    and ($4::int8 is null or t.priority = $4::int8)
