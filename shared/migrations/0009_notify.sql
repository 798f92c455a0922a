-- Who hears of what: an inbox, preferences, mails that go out, and mails that come in.

-- UUIDv7 for rows that a statement makes many of (RFC 9562, 5.7): milliseconds in front, so that ids count up with time.
create or replace function uuid_v7() returns uuid language sql volatile parallel safe as $$
  select encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
    placing substring(int8send(floor(extract(epoch from clock_timestamp()) * 1000)::bigint) from 3) from 1 for 6), 52, 1), 53, 1), 'hex')::uuid
$$;

-- What was written without telling anybody: an import is history. Whoever follows events reads it.
alter table events add column silent boolean not null default false;

-- What somebody said about a kind of event; null, and a kind without a row: as the rules have it.
create table notification_preferences (
  user_id uuid not null constraint notification_preferences_user_fkey references users,
  kind    text not null constraint notification_preferences_kind_check check (length(kind) between 1 and 40),
  in_app  boolean,
  email   boolean,
  primary key (user_id, kind)
);

-- The inbox. It names the event and holds nothing of it: what may be seen is decided when it is read.
create table notifications (
  id          uuid primary key,
  user_id     uuid not null constraint notifications_user_fkey references users,
  ticket_id   uuid not null constraint notifications_ticket_fkey references tickets,
  event_epoch integer not null,
  event_xact  xid8 not null,
  event_seq   bigint not null,
  kind        text not null,
  relation    text not null,  -- why this person: caller, assignee, group, watcher
  visibility  text not null constraint notifications_visibility_check check (visibility in ('public', 'work_note')),
  created_at  timestamptz not null,
  read_at     timestamptz,
  constraint notifications_event_key unique (user_id, event_epoch, event_seq)
);
create index notifications_by_user on notifications (user_id, id);
create index notifications_unread on notifications (user_id, id) where read_at is null;
create index notifications_by_reading on notifications (read_at) where read_at is not null;

-- Mails to send and sent. The row is what a reply is known by, so it outlives the sending.
create table mails (
  id          uuid primary key,
  user_id     uuid not null constraint mails_user_fkey references users,
  ticket_id   uuid not null constraint mails_ticket_fkey references tickets,
  event_epoch integer not null,
  event_xact  xid8 not null,
  event_seq   bigint not null,
  kind        text not null,
  visibility  text not null constraint mails_visibility_check check (visibility in ('public', 'work_note')),
  message_id  text not null,  -- the same for everybody who hears of the event, and for a mail that is sent twice
  state       text not null default 'queued' constraint mails_state_check check (state in ('queued', 'sent', 'refused', 'dropped')),
  refusal     text,           -- what the server that refused it said
  created_at  timestamptz not null,
  ended_at    timestamptz,
  constraint mails_event_key unique (user_id, event_epoch, event_seq),
  constraint mails_ended_check check ((state = 'queued') = (ended_at is null))
);
create index mails_by_message on mails (message_id);
create index mails_by_end on mails (ended_at) where ended_at is not null;

-- Each event that somebody could hear of becomes one job, in the statement that writes it, whichever statement that is. Who really hears of
-- it is decided by the job; this only leaves out what nobody can. `shared/src/rules/notify.rs` has the table; a test compares the verbs.
create function events_notify() returns trigger language plpgsql as $$
begin
  perform enqueue('notify', 'event:' || e.epoch || ':' || e.seq, jsonb_build_object(
    'epoch', e.epoch, 'xact', e.xact::text, 'seq', e.seq, 'verb', e.verb, 'visibility', e.visibility,
    'fields', (select coalesce(jsonb_agg(field), '[]') from jsonb_object_keys(e.changes) as field), 'before', e.changes -> 'state' -> 0), now())
  from written e join tickets t on t.id = e.ticket_id
  where not e.silent and e.subject = 'incident'
    and (e.verb in ('created', 'commented', 'in_progress', 'on_hold', 'resolved', 'closed', 'canceled', 'merged', 'watched', 'sla_warning', 'sla_breached',
                    'rule_notified')
         or e.changes ?| '{assigned_to,assignment_group,priority,major}')
    and (t.assignment_group is not null or t.caller_id is distinct from e.actor_id
         or t.assigned_to is not null and t.assigned_to is distinct from e.actor_id
         or exists (select from watchers w where w.ticket_id = t.id and w.user_id is distinct from e.actor_id));
  return null;
end $$;
create trigger events_notify after insert on events
  referencing new table as written for each statement execute function events_notify();

-- Mail in -----------------------------------------------------------------------------------------------------

-- A message as it came, once for each mailbox. Its job says what became of it.
create table inbound_mails (
  id          uuid primary key,
  mailbox     text not null constraint inbound_mails_mailbox_check check (length(mailbox) between 1 and 320),
  identity    text not null,  -- its Message-ID, or the hash of its bytes where it has none
  hash        text not null,  -- SHA-256 of its bytes
  raw         bytea not null,
  state       text not null default 'received' constraint inbound_mails_state_check check (state in ('received', 'done', 'set_aside')),
  outcome     text,           -- what became of it: comment, incident, note, bounce, ...
  tries       integer not null default 0,
  sender      text,
  user_id     uuid constraint inbound_mails_user_fkey references users,
  ticket_id   uuid constraint inbound_mails_ticket_fkey references tickets,
  attachments integer not null default 0,
  received_at timestamptz not null,
  ended_at    timestamptz,
  constraint inbound_mails_identity_key unique (mailbox, identity),
  constraint inbound_mails_ended_check check ((state = 'received') = (ended_at is null))
);
create index inbound_mails_by_identity on inbound_mails (identity) where ticket_id is not null;
create index inbound_mails_by_sender on inbound_mails (sender, received_at) where sender is not null;
create index inbound_mails_by_end on inbound_mails (ended_at) where state = 'done' and attachments = 0;
create index inbound_mails_by_user on inbound_mails (user_id) where user_id is not null;
create index inbound_mails_set_aside on inbound_mails (received_at) where state = 'set_aside';

-- Signatures of the last minutes: each opens the door once.
create table inbound_signatures (
  signature text primary key,
  at        timestamptz not null
);
create index inbound_signatures_by_age on inbound_signatures (at);
