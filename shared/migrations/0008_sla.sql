-- Promises about time: calendars, definitions, and where each ticket stands with them. docs/SLA.md says what it means.

-- Time zones as the IANA's files have them (TZif, base64), filled by `itsm migrate`. Functions that compute clocks read those they need
-- with the calendars, so that none has to carry all of them, and a zone whose rules change is a change of the calendars that use it.
create table time_zones (
  name text primary key,
  data text not null
);
insert into time_zones values ('UTC', 'VFppZjIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAQAAAAEAAAAAAAAAVFppZjIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAQAAAAQAAAAAAABVVEMAClVUQzAK');

create table calendars (
  id         uuid primary key,
  name       text not null constraint calendars_name_check check (length(name) between 1 and 160),
  time_zone  text not null constraint calendars_time_zone_fkey references time_zones,
  hours      jsonb not null default '{}' constraint calendars_hours_check check (jsonb_typeof(hours) = 'object'),  -- {mon: [[from, to], ...], ...}
  holidays   jsonb not null default '[]' constraint calendars_holidays_check check (jsonb_typeof(holidays) = 'array'),  -- [{date, name, source}, ...]
  overrides  jsonb not null default '[]' constraint calendars_overrides_check check (jsonb_typeof(overrides) = 'array'),  -- [{date, hours}, ...]
  active     boolean not null default true,
  version    bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint calendars_name_key unique (name)
);
create index calendars_by_name on calendars (lower(name), id);

create table slas (
  id          uuid primary key,
  name        text not null constraint slas_name_check check (length(name) between 1 and 160),
  type        text not null constraint slas_type_check check (type in ('sla', 'ola', 'underpinning_contract')),
  metric      text not null constraint slas_metric_check check (metric in ('response', 'update', 'resolution')),
  kind        text not null default 'incident' constraint slas_kind_check check (kind in ('incident')),
  conditions  jsonb not null default '{}' constraint slas_conditions_check check (jsonb_typeof(conditions) = 'object'),
  goal        jsonb not null constraint slas_goal_check check (jsonb_typeof(goal) = 'object'),
  calendar_id uuid not null constraint slas_calendar_fkey references calendars,
  position    integer not null constraint slas_position_check check (position between 0 and 1000000),
  active      boolean not null default true,
  version     bigint not null default 1,
  created_at  timestamptz not null default now(),
  updated_at  timestamptz not null default now(),
  constraint slas_name_key unique (name)
);
create index slas_by_position on slas (position, id);
create index slas_by_calendar on slas (calendar_id);

insert into calendars (id, name, time_zone, hours) values
  ('00000000-0000-7000-8000-000000000247', 'Around the clock', 'UTC',
   (select jsonb_object_agg(day, '[["00:00", "24:00"]]'::jsonb) from unnest('{mon,tue,wed,thu,fri,sat,sun}'::text[]) as day)),
  ('00000000-0000-7000-8000-000000000095', 'Business hours', 'UTC',
   (select jsonb_object_agg(day, '[["09:00", "17:00"]]'::jsonb) from unnest('{mon,tue,wed,thu,fri}'::text[]) as day));

-- One row per (ticket, definition), ever. What it was computed with stands on it; elapsed and percent are computed when asked.
create table ticket_slas (
  ticket_id        uuid not null constraint ticket_slas_ticket_fkey references tickets,
  sla_id           uuid not null constraint ticket_slas_sla_fkey references slas,
  stage            text not null constraint ticket_slas_stage_check check (stage in ('in_progress', 'paused', 'completed', 'canceled')),
  started_at       timestamptz not null,
  due_at           timestamptz,   -- null while paused, and where the calendar never opens again
  original_due_at  timestamptz,
  half_at          timestamptz,   -- when half and three quarters of the goal are over
  late_at          timestamptz,
  stopped_at       timestamptz,
  paused_since     timestamptz,
  paused_seconds   bigint not null default 0,
  breached_at      timestamptz,
  reminded         smallint not null default 0 constraint ticket_slas_reminded_check check (reminded in (0, 50, 75, 100)),
  remind_at        timestamptz,   -- when there is something to remind of next
  cycle            integer not null default 1,
  marks            jsonb not null default '[]',  -- [{at, mark, pause}, ...]: each start, pause, resumption and stop
  sla_version      bigint not null,
  calendar_version bigint not null,
  version          bigint not null default 1,
  primary key (ticket_id, sla_id),
  constraint ticket_slas_paused_check check ((stage = 'paused') = (paused_since is not null)),
  constraint ticket_slas_due_check check (stage in ('in_progress', 'completed', 'canceled') or due_at is null)
);
create index ticket_slas_standing on ticket_slas (ticket_id) where stage in ('in_progress', 'paused');
create index ticket_slas_running on ticket_slas (due_at) where stage = 'in_progress';
create index ticket_slas_breached on ticket_slas (ticket_id) where breached_at is not null and stage <> 'canceled';
create index ticket_slas_to_remind on ticket_slas (remind_at) where remind_at is not null;
create index ticket_slas_by_sla on ticket_slas (sla_id);

-- The book ------------------------------------------------------------------------------------------------------

-- All that a clock is computed with has one version: whoever kept the book and wrote by an old page is told so by write_slas.
create table sla_book (
  single  boolean primary key default true constraint sla_book_single_check check (single),
  version bigint not null default 1
);
insert into sla_book default values;
create function turn_page() returns trigger language plpgsql as $$
begin
  update sla_book set version = version + 1;
  return null;
end $$;
create trigger slas_turn_page after insert or update or delete on slas for each statement execute function turn_page();
create trigger calendars_turn_page after insert or update or delete on calendars for each statement execute function turn_page();
create trigger priorities_turn_page after insert or update or delete on priorities for each statement execute function turn_page();

-- What a ticket's clocks are computed from, beside the ticket: its rows, the states it went through, when an agent first answered. Short where
-- there is nothing to compute. In PL/pgSQL because a session keeps its plans.
create function sla_facts(ticket uuid) returns json language plpgsql stable as $$
declare
  book bigint := (select b.version from sla_book b);
begin
  if not exists (select from slas where active) and not exists (select from ticket_slas s where s.ticket_id = ticket) then
    return json_build_object('book', book);
  end if;
  return json_build_object('book', book,
    'rows', coalesce((select json_agg(to_jsonb(s) order by s.started_at, s.sla_id) from ticket_slas s where s.ticket_id = ticket), '[]'),
    'states', coalesce((select json_agg(json_build_array(e.at, e.changes -> 'state' ->> 1) order by e.epoch, e.xact, e.seq)
                        from events e where e.ticket_id = ticket and e.changes ? 'state'), '[]'),
    'responded_at', (select min(c.created_at) from comments c join users u on u.id = c.author_id join tickets t on t.id = c.ticket_id
                     where c.ticket_id = ticket and c.visibility = 'public' and c.author_id <> t.caller_id and u.role in ('agent', 'manager', 'admin')));
end $$;

-- The rows of a ticket that count, for `expand=sla`. Promises between teams are not for requesters.
create function sla_rows(ticket uuid, as_role text) returns json language plpgsql stable as $$
begin
  return (
    select json_build_object('book', (select b.version from sla_book b), 'rows', coalesce(json_agg(to_jsonb(s) order by s.started_at, s.sla_id), '[]'))
    from ticket_slas s join slas d on d.id = s.sla_id
    where s.ticket_id = ticket and s.stage <> 'canceled' and (as_role <> 'requester' or d.type = 'sla'));
end $$;

-- Writing -------------------------------------------------------------------------------------------------------

-- The rows of one ticket as Rust computed them, in the statement of the ticket's own write. `computed` is null, or {book, ticket, rows}: the
-- page, the ticket's version where it was read, and each row with the version that was read, 0 for a new one. Whatever is not as it was
-- read any more ends the whole statement with `slas_stale`: the writer reads again.
create function write_slas(ticket uuid, at_version bigint, computed jsonb) returns bigint language plpgsql as $$
declare
  written bigint;
begin
  if computed is null then
    return 0;
  end if;
  if (computed ->> 'book')::bigint <> (select b.version from sla_book b) or (computed ->> 'ticket')::bigint <> at_version then
    raise exception using errcode = '40001', constraint = 'slas_stale', message = 'computed from what is no longer so';
  end if;
  if jsonb_array_length(computed -> 'rows') = 0 then
    return 0;
  end if;
  insert into ticket_slas as s (ticket_id, sla_id, stage, started_at, due_at, original_due_at, half_at, late_at, stopped_at, paused_since,
                                paused_seconds, breached_at, reminded, remind_at, cycle, marks, sla_version, calendar_version, version)
  select $1, r.sla_id, r.stage, r.started_at, r.due_at, r.original_due_at, r.half_at, r.late_at, r.stopped_at, r.paused_since,
         r.paused_seconds, r.breached_at, r.reminded, r.remind_at, r.cycle, r.marks, r.sla_version, r.calendar_version, r.version + 1
  from jsonb_populate_recordset(null::ticket_slas, computed -> 'rows') as r
  on conflict (ticket_id, sla_id) do update set
    stage = excluded.stage, started_at = excluded.started_at, due_at = excluded.due_at, original_due_at = excluded.original_due_at,
    half_at = excluded.half_at, late_at = excluded.late_at, stopped_at = excluded.stopped_at, paused_since = excluded.paused_since,
    paused_seconds = excluded.paused_seconds, breached_at = excluded.breached_at, reminded = excluded.reminded, remind_at = excluded.remind_at,
    cycle = excluded.cycle, marks = excluded.marks, sla_version = excluded.sla_version, calendar_version = excluded.calendar_version,
    version = excluded.version
  where s.version = excluded.version - 1;
  get diagnostics written = row_count;
  if written <> jsonb_array_length(computed -> 'rows') then
    raise exception using errcode = '40001', constraint = 'slas_stale', message = 'somebody else wrote these rows';
  end if;
  return written;
end $$;

-- The rows of a ticket whose history was computed from its beginning, in place of what there is: an import.
create function replace_slas(ticket uuid, rows jsonb) returns bigint language plpgsql as $$
begin
  delete from ticket_slas s where s.ticket_id = ticket;
  return write_slas(ticket, 0, jsonb_build_object('book', (select b.version from sla_book b), 'rows', rows));
end $$;

-- What becomes of a ticket's rows when it is resolved, closed or canceled: nothing runs any more, so no clock is needed, and statements
-- that Rust does not compute for end them here. The rules are those of shared/src/rules/sla; a test compares the two.
create function end_slas(ticket uuid, state text, ended_at timestamptz) returns bigint language plpgsql as $$
declare
  written bigint;
begin
  update ticket_slas s set
    stage = next.stage, version = s.version + 1, breached_at = coalesce(s.breached_at, next.breached_at),
    remind_at = case when s.reminded < 100 then coalesce(s.breached_at, next.breached_at) end,
    stopped_at = case when next.stage <> 'paused' then ended_at end,
    paused_since = case when next.stage = 'paused' then coalesce(s.paused_since, ended_at) end,
    paused_seconds = s.paused_seconds + case when next.stage <> 'paused' then floor(extract(epoch from coalesce(ended_at - s.paused_since, '0')))::bigint else 0 end,
    due_at = case when next.stage <> 'paused' then s.due_at end,
    half_at = case when next.stage <> 'paused' then s.half_at end,
    late_at = case when next.stage <> 'paused' then s.late_at end,
    marks = case when next.stage = s.stage then s.marks
                 when next.stage = 'paused' then s.marks || jsonb_build_array(jsonb_build_object('at', ended_at, 'mark', 'paused', 'pause', 'resolved'))
                 else s.marks || jsonb_build_array(jsonb_build_object('at', ended_at, 'mark', next.stage)) end
  from (
    select r.sla_id, case when r.stage = 'in_progress' and r.due_at < ended_at then r.due_at end as breached_at,
           case when $2 = 'canceled' then 'canceled' when $2 = 'closed' or d.metric = 'resolution' then 'completed' else 'paused' end as stage
    from ticket_slas r join slas d on d.id = r.sla_id where r.ticket_id = $1 and r.stage in ('in_progress', 'paused')
  ) as next
  where s.ticket_id = $1 and s.sla_id = next.sla_id and s.stage in ('in_progress', 'paused');
  get diagnostics written = row_count;
  return written;
end $$;

-- As before, and without what follows from the clocks, which say it themselves.
create or replace function changes(before jsonb, after jsonb) returns jsonb language sql immutable parallel safe as $$
  select coalesce(jsonb_object_agg(a.key, jsonb_build_array(b.value, a.value)), '{}')
  from jsonb_each(after) a left join jsonb_each(before) b using (key)
  where b.value is distinct from a.value and a.key not in ('version', 'updated_at', 'created_at', 'search', 'due_at')
$$;

do $$
begin
  execute format('alter table events drop constraint events_subject_check, add constraint events_subject_check check (%s or subject in (''calendar'', ''sla''))',
    (select pg_get_expr(conbin, conrelid) from pg_constraint where conname = 'events_subject_check' and conrelid = 'events'::regclass));
end $$;

-- A job that computes the clocks of a ticket, for a write that Rust did not compute for: a rule's, a mail's.
create function recompute_slas(ticket uuid) returns bigint language sql as $$
  select enqueue('sla', 'ticket:' || ticket, jsonb_build_object('ticket', ticket), now())
$$;
