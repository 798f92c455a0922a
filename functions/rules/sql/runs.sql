-- A page of a rule's runs, the newest first, for administrators.
-- $1 session, $2 the rule, $3 limit, $4 the id after which to begin, or null
with me as (select id, role from callers where session_id = $1::text::uuid),
rule as (
  select id from rules where id = $2::text::uuid and deleted_at is null and (select role from me) = 'admin'
), page as (
  select r.* from rule_runs r
  where r.rule_id = (select id from rule) and ($4::text is null or r.id < $4::text::int8)
  order by r.id desc
  limit $3::int8 + 1
), numbered as (
  select page.*, row_number() over (order by page.id desc) as place from page
)
select case
  when me.role <> 'admin' then '"forbidden"'
  when not exists (select from rule) then null
  else json_build_object(
    'next', (select json_build_array(id::text) from numbered where place = $3::int8 and exists (select from numbered where place > $3::int8)),
    'items', coalesce((
      select json_agg(row_to_json(item) order by place) from numbered n join tickets t on t.id = n.ticket_id, lateral (
        select n.id, n.occasion, n.ticket_id, t.number, n.rule_version, n.outcome, n.error, n.plan, n.chain, n.at
      ) as item where place <= $3::int8), '[]'))::text end
from me
