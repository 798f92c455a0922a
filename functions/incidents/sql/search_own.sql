-- A search in a requester's own incidents and those watched; put together as list.sql is, with the same parameters.
with me as (
  select id, role, case when role <> 'requester' then '"role"' end as refusal from calling($1::text::uuid)
), ranked as materialized (
  select t.id, ts_rank(t.search, search_query($26::text)) as rank from (
    select t.id, t.search from tickets t
    where t.kind = 'incident' and (select role from me) = 'requester'
      and t.id in (select id from tickets where caller_id = asking($1::text::uuid) union all select ticket_id from watchers where user_id = asking($1::text::uuid))
--: filters
    order by t.opened_at desc, t.id desc
    limit 1000
  ) as t
), hits as (
  select id, rank from ranked
  where $30::text is null or (rank, id) < ($30::text::float4, $31::text::uuid)
  order by rank desc, id desc
  limit $29::int8 + 1
), page as (
  select array(select id from hits order by rank desc, id desc) as ids
--: page
