-- Automation: rules, and the log of what they did.

create table rules (
  id            uuid primary key,  -- also of the row in `users` that its writes are by
  name          text not null constraint rules_name_check check (length(name) between 1 and 80),
  description   text not null default '' constraint rules_description_check check (length(description) <= 4000),
  position      integer not null default 100 constraint rules_position_check check (position between 0 and 100000),
  active        boolean not null default true,
  events        text[] constraint rules_events_check check (cardinality(events) between 1 and 50),  -- the verbs that it reacts to
  after_minutes integer constraint rules_after_minutes_check check (after_minutes between 1 and 525600),
  since         text constraint rules_since_check check (since in ('opened', 'updated', 'state')),
  conditions    jsonb not null default '[]',
  actions       jsonb not null,
  checked_until timestamptz not null,  -- a rule of time has looked at all that was due by then
  version       bigint not null default 1,
  created_by    uuid not null constraint rules_created_by_fkey references users,
  created_at    timestamptz not null,
  updated_at    timestamptz not null,
  deleted_at    timestamptz,
  constraint rules_occasion_check check ((events is null) = (after_minutes is not null) and (after_minutes is null) = (since is null)),
  constraint rules_deleted_check check (deleted_at is null or not active)
);
create unique index rules_name_key on rules (name) where deleted_at is null;
create index rules_by_position on rules (position, id) where deleted_at is null;
create index rules_active on rules (id) where active;

-- A rule's run on one occasion: an event, or a ticket's time. The row is written by the statement that has the effect, so there is one effect
-- an occasion, however often its job runs. What a run changed is known by its transaction, which is the events' too.
create table rule_runs (
  rule_id      uuid not null constraint rule_runs_rule_fkey references rules,
  occasion     text not null,
  ticket_id    uuid not null constraint rule_runs_ticket_fkey references tickets,
  id           bigint generated always as identity,
  epoch        integer not null,
  xact         xid8 not null default pg_current_xact_id(),
  rule_version bigint not null,
  left_version bigint,          -- the ticket's, as this run left it
  chain        uuid[] not null, -- the rules whose runs led here, the first one first
  outcome      text not null constraint rule_runs_outcome_check check (outcome in ('done', 'skipped', 'failed')),
  error        text,
  plan         jsonb,
  at           timestamptz not null,
  primary key (rule_id, occasion)
);
create index rule_runs_by_rule on rule_runs (rule_id, id);
create index rule_runs_by_xact on rule_runs (epoch, xact);
create index rule_runs_by_ticket on rule_runs (ticket_id, rule_id, left_version);
create index rule_runs_by_age on rule_runs (at);

-- When a ticket entered its state: the last event that changed it.
create index events_of_states on events (at) where changes ? 'state';

-- Events become jobs in their own statement, each with a key of its own, so that no writer waits for another. One look at an empty index while there
-- is no rule. History that is imported is silent.
create function events_rules() returns trigger language plpgsql as $$
begin
  if current_setting('itsm.silent', true) = 'on' or not exists (select from rules where active and events is not null) then
    return null;
  end if;
  insert into jobs (queue, key, payload, run_at)
  select 'automation', concat_ws(':', 'event', e.epoch, e.xact, e.seq),
         jsonb_build_object('event', jsonb_build_array(e.epoch::text, e.xact::text, e.seq::text)), now()
  from written e
  where e.ticket_id is not null and exists (select from rules r where r.active and e.verb = any (r.events))
  on conflict do nothing;
  return null;
end $$;
create trigger events_rules after insert on events
  referencing new table as written for each statement execute function events_rules();

-- The rules whose runs led to an event.
create function rule_chain(of_epoch integer, of_xact xid8) returns uuid[] language sql stable parallel safe as $$
  select coalesce((select chain || rule_id from rule_runs where epoch = of_epoch and xact = of_xact limit 1), '{}')
$$;

-- Whom a step of a rule tells: those it names who are active and see the ticket; of a restricted one, nobody else is told that it is there.
create function rule_audience(names jsonb, ticket tickets) returns uuid[] language sql stable as $$
  select coalesce(array_agg(u.id order by u.id), '{}')
  from users u
  where u.active and sees(u.id, u.role, ticket.id, ticket.caller_id, ticket.restricted_to) and u.id in (
    select case told.who when 'caller' then ticket.caller_id when 'assignee' then ticket.assigned_to
                         else case when told.who ~ '^[0-9a-fA-F-]{36}$' then told.who::uuid end end
    from jsonb_array_elements_text(names) as told(who)
    union select m.user_id from team_members m where names ? 'group' and m.team_id = ticket.assignment_group
    union select w.user_id from watchers w where names ? 'watchers' and w.ticket_id = ticket.id)
$$;

do $$
begin
  execute format('alter table events drop constraint events_subject_check, add constraint events_subject_check check (%s or subject in (''rule''))',
    (select pg_get_expr(conbin, conrelid) from pg_constraint where conname = 'events_subject_check' and conrelid = 'events'::regclass));
end $$;
