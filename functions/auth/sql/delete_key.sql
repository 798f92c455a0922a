-- Deletes one API key of the caller, or nothing.
-- $1 session, $2 key
with me as (select id from callers where session_id = $1::text::uuid),
deleted as (
  delete from api_keys k using me where k.id = $2::text::uuid and k.user_id = me.id
  returning k.id
)
select (select json_build_object('id', id)::text from deleted) from me
