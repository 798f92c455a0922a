-- One category with its subcategories and its event, or nothing.
-- $1 session, $2 the category as JSON, $3 now, $4 Idempotency-Key or null, $5 hash of the request
with me as (select id, role from callers where session_id = $1::text::uuid and role in ('manager', 'admin')),
key as (
  insert into idempotency_keys (user_id, route, key, request, status, answer)
  select me.id, 'POST /v1/categories', $4::text, $5::text, 201, $2::text from me where $4::text is not null
  on conflict do nothing
  returning 1
), category as (
  insert into categories (name)
  select $2::text::jsonb ->> 'name' from me where $4::text is null or exists (select from key)
  returning name
), subcategory as (
  insert into subcategories (category, name)
  select category.name, s.name from category, jsonb_array_elements_text($2::text::jsonb -> 'subcategories') as s(name)
), event as (
  insert into events (at, actor_id, subject, verb, changes)
  select $3::text::timestamptz, me.id, 'settings', 'category_created', changes('{}', $2::text::jsonb) from me, category
)
select case
  when not exists (select from me) then '"forbidden"'
  when not exists (select from category) then '"replay"'
  else json_build_object('body', $2::text::json)::text end
from callers where session_id = $1::text::uuid
