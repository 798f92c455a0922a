-- A page of the mails that were set aside, the newest first, for administrators: a mail may be about anything.
-- $1 session, $2 limit, $3 the id after which to begin, or null
with me as (select id, role from callers where session_id = $1::text::uuid),
page as (
  select m.* from inbound_mails m
  where m.state = 'set_aside' and (select role from me) = 'admin' and ($3::text is null or m.id < $3::text::uuid)
  order by m.id desc
  limit $2::int8 + 1
), numbered as (
  select page.*, row_number() over (order by id desc) as position from page
)
select case when me.role <> 'admin' then '"forbidden"' else json_build_object(
  'next', (select json_build_array(id::text) from numbered where position = $2::int8 and exists (select from numbered where position > $2::int8)),
  'items', coalesce((
    select json_agg(row_to_json(item) order by position) from numbered, lateral (
      select id, mailbox, sender, outcome as reason, tries, attachments, octet_length(raw) as size, received_at, ended_at as set_aside_at
    ) as item where position <= $2::int8), '[]')
)::text end
from me
