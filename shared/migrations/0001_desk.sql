-- The first desk: people, tickets, their history, the feed and the queue.
-- Names follow ITIL 4, and ServiceNow where ITIL leaves them open. Times are UTC, ids are UUIDv7 made by the writer.

-- People ------------------------------------------------------------------------------------------------------

create table users (
  id            uuid primary key,
  email         text not null constraint users_email_check check (email = lower(email) and email like '%_@_%' and length(email) <= 254),
  name          text not null constraint users_name_check check (length(name) between 1 and 160),
  role          text not null constraint users_role_check check (role in ('requester', 'agent', 'manager', 'admin', 'auditor')),
  active        boolean not null default true,
  password_hash text,  -- argon2id, PHC string; null: this person cannot log in with a password
  version       bigint not null default 1,
  created_at    timestamptz not null default now(),
  updated_at    timestamptz not null default now(),
  constraint users_email_key unique (email)
);

create table teams (
  id         uuid primary key,
  name       text not null constraint teams_name_check check (length(name) between 1 and 160),
  restricted boolean not null default false,
  version    bigint not null default 1,
  created_at timestamptz not null default now(),
  constraint teams_name_key unique (name)
);

create table team_members (
  team_id uuid not null constraint team_members_team_fkey references teams,
  user_id uuid not null constraint team_members_user_fkey references users,
  primary key (team_id, user_id)
);
create index team_members_by_user on team_members (user_id);

-- One log-in. The refresh token is opaque and stored as its SHA-256; each use replaces it, and `spent_hash` tells a replay.
create table sessions (
  id           uuid primary key,
  user_id      uuid not null constraint sessions_user_fkey references users,
  refresh_hash text not null constraint sessions_refresh_key unique,
  spent_hash   text,
  created_at   timestamptz not null default now(),
  expires_at   timestamptz not null,
  revoked_at   timestamptz
);
create index sessions_by_user on sessions (user_id);
create index sessions_by_spent on sessions (spent_hash) where spent_hash is not null;

-- Who is asking, as it is now: revoked sessions and deactivated people have no row. Every statement reads it as `me`.
create view callers as
  select s.id as session_id, u.id, u.role, u.name, u.email
  from sessions s join users u on u.id = s.user_id
  where s.revoked_at is null and s.expires_at > now() and u.active;

-- Settings ----------------------------------------------------------------------------------------------------

create table settings (
  single          boolean primary key default true constraint settings_single_check check (single),
  auto_close_days integer not null default 7 constraint settings_auto_close_days_check check (auto_close_days between 0 and 365),
  version         bigint not null default 1,
  updated_at      timestamptz not null default now()
);
insert into settings default values;

create table priorities (
  impact   smallint not null constraint priorities_impact_check check (impact between 1 and 3),
  urgency  smallint not null constraint priorities_urgency_check check (urgency between 1 and 3),
  priority smallint not null constraint priorities_priority_check check (priority between 1 and 5),
  primary key (impact, urgency)
);
insert into priorities values (1, 1, 1), (1, 2, 2), (2, 1, 2), (1, 3, 3), (2, 2, 3), (3, 1, 3), (2, 3, 4), (3, 2, 4), (3, 3, 5);

create table categories (
  name   text primary key constraint categories_name_check check (length(name) between 1 and 80),
  active boolean not null default true
);
create table subcategories (
  category text not null constraint subcategories_category_fkey references categories on update cascade,
  name     text not null constraint subcategories_name_check check (length(name) between 1 and 80),
  active   boolean not null default true,
  primary key (category, name)
);

-- Tickets -----------------------------------------------------------------------------------------------------

create sequence incident_number;

-- A ticket number: a prefix and at least seven digits, growing past seven. Gaps are allowed, reuse is not.
create function ticket_number(prefix text, n bigint) returns text language sql immutable parallel safe
  as $$ select prefix || lpad(n::text, greatest(7, length(n::text)), '0') $$;

create table tickets (
  id                 uuid primary key,
  kind               text not null constraint tickets_kind_check check (kind in ('incident')),
  number             text not null constraint tickets_number_key unique,
  short_description  text not null constraint tickets_short_description_check check (length(short_description) between 1 and 160),
  description        text not null default '' constraint tickets_description_check check (octet_length(description) <= 65536),
  state              text not null constraint tickets_state_check
                       check (state in ('new', 'in_progress', 'on_hold', 'resolved', 'closed', 'canceled')),
  hold_reason        text constraint tickets_hold_reason_check
                       check (hold_reason in ('caller', 'problem', 'change', 'vendor', 'evidence')),
  impact             smallint not null default 3,
  urgency            smallint not null default 3,
  priority           smallint not null constraint tickets_priority_check check (priority between 1 and 5),
  category           text constraint tickets_category_fkey references categories on update cascade,
  subcategory        text,
  channel            text not null default 'portal' constraint tickets_channel_check
                       check (channel in ('phone', 'email', 'portal', 'api', 'monitoring')),
  location           text constraint tickets_location_check check (length(location) <= 160),
  caller_id          uuid not null constraint tickets_caller_fkey references users,
  opened_by          uuid not null constraint tickets_opened_by_fkey references users,
  assignment_group   uuid constraint tickets_assignment_group_fkey references teams,
  assigned_to        uuid constraint tickets_assigned_to_fkey references users,
  parent_id          uuid constraint tickets_parent_fkey references tickets,
  major              boolean not null default false,
  restricted_to      uuid constraint tickets_restricted_to_fkey references teams,
  opened_at          timestamptz not null,
  resolved_at        timestamptz,
  closed_at          timestamptz,
  close_code         text constraint tickets_close_code_check check (length(close_code) between 1 and 80),
  close_notes        text constraint tickets_close_notes_check check (octet_length(close_notes) <= 65536),
  reassignment_count integer not null default 0,
  reopen_count       integer not null default 0,
  version            bigint not null default 1,
  custom             jsonb not null default '{}' constraint tickets_custom_check check (jsonb_typeof(custom) = 'object'),
  created_at         timestamptz not null,
  updated_at         timestamptz not null,
  constraint tickets_hold_check check ((state = 'on_hold') = (hold_reason is not null)),
  constraint tickets_impact_urgency_fkey foreign key (impact, urgency) references priorities,
  constraint tickets_subcategory_fkey foreign key (category, subcategory) references subcategories on update cascade,
  constraint tickets_subcategory_check check (subcategory is null or category is not null)
);
-- One index per sort, and one per sort and filter that can be rare: a list never walks past what it does not show.
create index tickets_by_opened on tickets (kind, opened_at, id);
create index tickets_by_updated on tickets (kind, updated_at, id);
create index tickets_by_state_opened on tickets (kind, state, opened_at, id);
create index tickets_by_state_updated on tickets (kind, state, updated_at, id);
create index tickets_by_priority_opened on tickets (kind, priority, opened_at, id);
create index tickets_by_priority_updated on tickets (kind, priority, updated_at, id);
create index tickets_by_caller on tickets (caller_id, opened_at, id);
create index tickets_resolved on tickets (resolved_at) where state = 'resolved' and not major;

-- The id of what a path names: an id or a number. One index look-up either way, and null for anything else. In PL/pgSQL because a
-- session keeps its plan: a function in SQL with a query inside is planned anew by each statement, which costs a get half its rate.
create function ticket_id(key text) returns uuid language plpgsql stable parallel safe as $$
begin
  if key ~ '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$' then
    return key::uuid;
  end if;
  return (select id from tickets where number = key);
end $$;

create table watchers (
  ticket_id uuid not null constraint watchers_ticket_fkey references tickets,
  user_id   uuid not null constraint watchers_user_fkey references users,
  primary key (ticket_id, user_id)
);
create index watchers_by_user on watchers (user_id);

create table comments (
  id         uuid primary key,
  ticket_id  uuid not null constraint comments_ticket_fkey references tickets,
  author_id  uuid not null constraint comments_author_fkey references users,
  visibility text not null constraint comments_visibility_check check (visibility in ('public', 'work_note')),
  body       text not null constraint comments_body_check check (octet_length(body) between 1 and 65536),
  created_at timestamptz not null
);
create index comments_by_ticket on comments (ticket_id, created_at, id);

-- History -----------------------------------------------------------------------------------------------------

-- Append-only: audit, history and change feed in one. The feed's order is (epoch, xact, seq), and a reader is shown only
-- transactions below its snapshot's xmin: whatever is still to commit sorts after every cursor given out. Transaction ids
-- start anew in a restored database, so a restore raises the epoch (the column's default, set by `itsm migrate`).
create table events (
  epoch      integer not null default 1,
  xact       xid8 not null default pg_current_xact_id(),
  seq        bigint generated always as identity,
  at         timestamptz not null,
  ticket_id  uuid constraint events_ticket_fkey references tickets,
  actor_id   uuid constraint events_actor_fkey references users,  -- null: the platform itself
  subject    text not null constraint events_subject_check check (subject in ('incident', 'settings')),
  verb       text not null,
  visibility text not null default 'public' constraint events_visibility_check check (visibility in ('public', 'work_note')),
  changes    jsonb not null default '{}',  -- field -> [before, after]
  version    bigint,                       -- the ticket's version that this event made
  primary key (epoch, xact, seq)
);
create index events_by_ticket on events (ticket_id, epoch, xact, seq);
create unique index events_one_per_version on events (ticket_id, version) where version is not null;

-- The database cluster that the epoch was counted in; `itsm migrate` compares.
create table feed_epoch (
  single boolean primary key default true check (single),
  epoch  integer not null,
  system text not null
);

-- What a write changed: {field: [before, after]} of the fields that differ.
create function changes(before jsonb, after jsonb) returns jsonb language sql immutable parallel safe as $$
  select coalesce(jsonb_object_agg(a.key, jsonb_build_array(b.value, a.value)), '{}')
  from jsonb_each(after) a left join jsonb_each(before) b using (key)
  where b.value is distinct from a.value and a.key not in ('version', 'updated_at', 'created_at')
$$;

create function no_rewriting_history() returns trigger language plpgsql as $$
begin
  raise exception 'events are append-only' using errcode = '42501';
end $$;
create trigger events_append_only before update or delete or truncate on events
  for each statement execute function no_rewriting_history();

-- Idempotency -------------------------------------------------------------------------------------------------

-- A POST's answer, kept 24 hours, so that a repeat of the same request gets the same answer and has no second effect.
create table idempotency_keys (
  user_id    uuid not null references users,
  route      text not null,
  key        text not null,
  request    text not null,  -- SHA-256 of the body
  status     smallint not null,
  answer     text not null,
  created_at timestamptz not null default now(),
  primary key (user_id, route, key)
);
create index idempotency_keys_by_age on idempotency_keys (created_at);

-- The queue ---------------------------------------------------------------------------------------------------

create table jobs (
  id           bigint generated always as identity primary key,
  queue        text not null,
  key          text not null,
  payload      jsonb not null default '{}',
  state        text not null default 'queued' constraint jobs_state_check check (state in ('queued', 'running', 'done', 'dead')),
  attempt      integer not null default 0,
  max_attempts integer not null default 10,
  run_at       timestamptz not null,
  locked_until timestamptz,
  last_error   text,
  created_at   timestamptz not null default now(),
  finished_at  timestamptz,
  constraint jobs_lease_check check ((state = 'running') = (locked_until is not null))
);
-- Unique among the queued alone: a wake-up during a run is a new job, so it is not lost.
create unique index jobs_queued_key on jobs (queue, key) where state = 'queued';
create index jobs_due on jobs (queue, run_at, id) where state = 'queued';
create index jobs_running on jobs (queue, locked_until) where state = 'running';

-- Adds a job in the caller's own statement: both happen or neither. An equal key still queued keeps the earlier time.
create function enqueue(queue text, key text, payload jsonb, run_at timestamptz) returns bigint language sql as $$
  insert into jobs as j (queue, key, payload, run_at) values ($1, $2, $3, $4)
  on conflict (queue, key) where state = 'queued' do update set run_at = least(j.run_at, excluded.run_at)
  returning id
$$;
