-- The categories in use with their subcategories, by name.
-- $1 session
with me as (select id from callers where session_id = $1::text::uuid)
select (
  select json_build_object('items', coalesce(json_agg(json_build_object('name', c.name, 'subcategories', coalesce((
    select json_agg(s.name order by s.name) from subcategories s where s.category = c.name and s.active), '[]')) order by c.name), '[]'))::text
  from categories c where c.active
)
from me
