-- A page of incidents for those who see more than their own, and whose teams have nothing to themselves: whoever has such a team is told so with
-- "rooms" and asks list_rooms.sql. Two parts, each with its index: what is restricted to nobody; what the caller called or watches of the rest.
-- The lines with a colon are parts that `list/statements.rs` puts in: the order and where to begin are one of its pairs, the others are in parts/.
-- What is on the page is chosen by its keys, which some indexes hold alone; the rows are fetched by a function that keeps its plan. Planning takes longer
-- than reading, and a plan's price is the size of what is planned.
-- $1 session, $2 what to expand or null, $3 to $28: parts/filters.sql, $29 limit, $30 and $31 the sort key and the id after which
-- to begin, or null, $32 the sort column
with me as (
  select id, role, case when role = 'requester' then '"role"' when rooms <> '{}' then '"rooms"' end as refusal from calling($1::text::uuid)
), page as (
  select array(
    select t.id from (
      (select t.id, t.opened_at, t.updated_at, t.number, t.priority, t.due_at from tickets t
       where t.kind = 'incident' and t.restricted_to is null
         and ($15::text is null or case when t.restricted_to is null then t.category end = $15::text)
--: filters
--: after
--: order
       limit $29::int8 + 1)
      union all
      (select t.id, t.opened_at, t.updated_at, t.number, t.priority, t.due_at from restricted_to_party(asking($1::text::uuid)) as t
       where t.kind = 'incident'
--: filters
--: after
--: order
       limit $29::int8 + 1)
    ) as t
--: order
    limit $29::int8 + 1
  ) as ids
--: page
