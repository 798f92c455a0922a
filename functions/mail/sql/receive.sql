-- Keeps a message with its job, once for each mailbox, and notes that the signature was used. "replayed": it had been.
-- $1 id, $2 mailbox, $3 its Message-ID or hash, $4 its hash, $5 the message in base64, $6 now, $7 the signature
with signature as (
  insert into inbound_signatures (signature, at) values ($7::text, now()) on conflict do nothing returning 1
), mail as (
  insert into inbound_mails (id, mailbox, identity, hash, raw, received_at)
  select $1::text::uuid, $2::text, $3::text, $4::text, decode($5::text, 'base64'), $6::text::timestamptz from signature
  on conflict do nothing
  returning id
), job as (
  select enqueue('intake', 'mail:' || mail.id, jsonb_build_object('mail', mail.id), now(), max_attempts => 4) as id from mail
)
select case when exists (select from signature) then json_build_object(
  'body', json_build_object('stored', exists (select from mail)),
  'ring', (select json_agg(json_build_array('intake', id)) from job))::text
else '"replayed"' end
