-- How many of a requester's own incidents and those watched the filters find, counted to 10,000; with the parameters of count.sql.
with me as (
  select id, role from callers
  where session_id = $1::text::uuid and coalesce($2::text, '') is not null
)
select case when me.role <> 'requester' then '"role"' else (
  select count(*) from (
    select from tickets t
    where t.kind = 'incident'
      and t.id in (select id from tickets where caller_id = asking($1::text::uuid) union all select ticket_id from watchers where user_id = asking($1::text::uuid))
--: filters
    limit 10000
  ) as own
)::text end
from me
