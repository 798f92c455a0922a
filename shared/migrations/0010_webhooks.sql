-- Webhooks: who is told of what, and every delivery with what became of it.

create table webhooks (
  id               uuid primary key,
  url              text not null constraint webhooks_url_check check (length(url) between 1 and 2000),
  description      text not null default '' constraint webhooks_description_check check (length(description) <= 4000),
  -- what is delivered: subject.verb, subject.* or *; a work note only by its own name, subject.work_note
  events           text[] not null constraint webhooks_events_check check (cardinality(events) between 1 and 100),
  restricted       boolean not null default false,  -- whether it is told of restricted tickets too
  active           boolean not null default true,
  disabled_reason  text,  -- why it is not active, where the platform did that
  secret           text not null,  -- the key of an HMAC: whoever signs must know it, so no hash will do; not for itsm_reader
  old_secret       text,  -- signs too, until its time is over
  old_secret_until timestamptz,
  version          bigint not null default 1,
  created_by       uuid not null constraint webhooks_created_by_fkey references users,
  created_at       timestamptz not null,
  updated_at       timestamptz not null,
  deleted_at       timestamptz,
  -- How it fares, which is no part of its version.
  sequence         bigint not null default 0,  -- deliveries that were ever begun
  failures         integer not null default 0,  -- in a row
  failing_since    timestamptz,
  next_at          timestamptz not null default '-infinity',  -- nothing is tried before
  job              bigint,  -- who is at it, and until when nobody else is
  held_until       timestamptz,
  constraint webhooks_disabled_check check (not active or disabled_reason is null),
  constraint webhooks_deleted_check check (deleted_at is null or not active)
) with (fillfactor = 50);
create index webhooks_by_created on webhooks (created_at, id) where deleted_at is null;
create index webhooks_active on webhooks (id) where active;

-- One event for one endpoint, in the feed's order: (epoch, xact, seq).
create table webhook_deliveries (
  webhook_id      uuid not null constraint webhook_deliveries_webhook_fkey references webhooks,
  epoch           integer not null,
  xact            xid8 not null,
  seq             bigint not null,
  id              uuid not null default gen_random_uuid() constraint webhook_deliveries_id_key unique,  -- the message, however often it is sent
  state           text not null default 'pending' constraint webhook_deliveries_state_check
                    check (state in ('pending', 'delivered', 'dead', 'withheld')),
  sequence        bigint,  -- given when it is first begun: 1, 2, 3 ... of the endpoint, without a gap
  attempts        integer not null default 0,
  first_at        timestamptz,  -- of the attempts that count: a replay begins anew
  last_at         timestamptz,
  response_status integer,
  response_body   text,
  error           text,
  milliseconds    bigint,
  created_at      timestamptz not null default now(),
  finished_at     timestamptz,
  primary key (webhook_id, epoch, xact, seq),
  constraint webhook_deliveries_event_fkey foreign key (epoch, xact, seq) references events,
  constraint webhook_deliveries_finished_check check ((state = 'pending') = (finished_at is null))
);
create index webhook_deliveries_pending on webhook_deliveries (webhook_id, epoch, xact, seq) where state = 'pending';
create index webhook_deliveries_by_state on webhook_deliveries (webhook_id, state, epoch, xact, seq);
create index webhook_deliveries_by_end on webhook_deliveries (finished_at) where finished_at is not null;

-- What an event is called.
create function webhook_type(subject text, verb text, visibility text) returns text language sql immutable parallel safe as $$
  select subject || '.' || case when visibility = 'work_note' then 'work_note' else verb end
$$;

-- Whether an endpoint asks for such an event. Its own kind is never told of webhooks: a ping to one would be news for all.
create function webhook_wants(events text[], subject text, verb text, visibility text) returns boolean language sql immutable parallel safe as $$
  select subject <> 'webhook' and (webhook_type(subject, verb, visibility) = any (events)
    or visibility = 'public' and (subject || '.*' = any (events) or '*' = any (events)))
$$;

-- Whether an event is about what only some may see: a restricted ticket, or who is on a restricted team.
create function webhook_is_restricted(ticket uuid, team uuid) returns boolean language sql stable parallel safe as $$
  select exists (select from tickets t where t.id = ticket and t.restricted_to is not null)
      or exists (select from teams g where g.id = team and g.restricted)
$$;

-- How an endpoint fares: see docs/WEBHOOKS.md. Null: an administrator stopped it.
create function webhook_circuit(active boolean, disabled_reason text, failures integer) returns text language sql immutable parallel safe as $$
  select case when disabled_reason is not null then 'disabled' when not active then null
              when failures >= 5 then 'open' when failures > 0 then 'failing' else 'ok' end
$$;

-- Events become deliveries in their own statement. A statement of events costs one look at an empty index while there is no endpoint. No job is
-- enqueued here: every writer would wait for the one before at the endpoint's one key. History that is imported is silent.
create function events_webhooks() returns trigger language plpgsql as $$
begin
  if current_setting('itsm.silent', true) = 'on' or not exists (select from webhooks where active) then
    return null;
  end if;
  insert into webhook_deliveries (webhook_id, epoch, xact, seq)
  select w.id, e.epoch, e.xact, e.seq
  from written e join webhooks w on w.active and webhook_wants(w.events, e.subject, e.verb, e.visibility)
  where w.restricted or not webhook_is_restricted(e.ticket_id, e.team_id)
  on conflict do nothing;
  return null;
end $$;
create trigger events_webhooks after insert on events
  referencing new table as written for each statement execute function events_webhooks();

-- Who made, changed or stopped a webhook is in the history, with whatever subjects there are already.
do $$
begin
  execute format('alter table events drop constraint events_subject_check, add constraint events_subject_check check (%s or subject in (''webhook''))',
    (select pg_get_expr(conbin, conrelid) from pg_constraint where conname = 'events_subject_check' and conrelid = 'events'::regclass));
end $$;
