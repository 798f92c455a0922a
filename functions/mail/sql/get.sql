-- One mail that was set aside, with the first 256 KiB of its source in base64, for administrators.
-- $1 session, $2 id
with me as (select id, role from callers where session_id = $1::text::uuid)
select case when me.role <> 'admin' then '"forbidden"' else (
  select row_to_json(body)::text from (
    select id, mailbox, sender, outcome as reason, tries, attachments, octet_length(raw) as size, received_at, ended_at as set_aside_at,
           encode(substring(raw for 262144), 'base64') as source
    from inbound_mails where id = $2::text::uuid and state = 'set_aside'
  ) as body) end
from me
