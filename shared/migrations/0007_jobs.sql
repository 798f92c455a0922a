-- The queue of record in full: priorities, retries by hand, cancelled jobs, effects that end their job in one statement; schedules.

alter table jobs
  add column priority   smallint not null default 0 constraint jobs_priority_check check (priority between -1 and 1),
  add column since      integer not null default 0,  -- the attempt after which a retry by hand began anew: attempts are never counted back
  add column started_at timestamptz,
  drop constraint jobs_state_check,
  add constraint jobs_state_check check (state in ('queued', 'running', 'done', 'dead', 'canceled'));

-- Rows of a queue die young: its indexes stay small only if they are vacuumed often.
alter table jobs set (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0);

drop index jobs_due;
create index jobs_due on jobs (queue, priority, run_at, id) where state = 'queued';
create index jobs_by_queue on jobs (queue, id);
create index jobs_dead on jobs (id) where state = 'dead';
create index jobs_finished on jobs (finished_at) where state in ('done', 'canceled');

-- Adds a job in the caller's own statement: both happen or neither. An equal key still queued keeps the earlier time and the higher priority.
-- Priority 1 goes before all others, -1 after.
drop function enqueue(text, text, jsonb, timestamptz);
create function enqueue(queue text, key text, payload jsonb, run_at timestamptz, priority integer default 0, max_attempts integer default 10)
returns bigint language sql as $$
  insert into jobs as j (queue, key, payload, run_at, priority, max_attempts) values ($1, $2, $3, $4, $5, $6)
  on conflict (queue, key) where state = 'queued'
  do update set run_at = least(j.run_at, excluded.run_at), priority = greatest(j.priority, excluded.priority)
  returning id
$$;

-- The claim of a run, for the statement that has its effect: `from held($1, $2)` has a row while the claim holds, and renews it.
-- Only what runs has `locked_until` (jobs_lease_check). Said so, a row is found by its id; `state = 'running'` would lead the planner to
-- the index of all that runs, where every job that has run leaves a dead entry until the next vacuum.
create function held(job bigint, attempt bigint, seconds bigint default 60) returns setof bigint language sql as $$
  update jobs set locked_until = now() + make_interval(secs => $3) where id = $1 and attempt = $2 and locked_until is not null returning id
$$;

-- The same, and the job is done with it: the effect and the end of the job are one. Nothing that comes after can run it again.
create function complete(job bigint, attempt bigint) returns setof bigint language sql as $$
  update jobs set state = 'done', locked_until = null, finished_at = now() where id = $1 and attempt = $2 and locked_until is not null returning id
$$;

-- Seconds before the n-th retry: 2, 4, 8 ... an hour at most, with up to a half more at random.
create function backoff(attempt integer) returns interval language sql volatile as $$
  select make_interval(secs => least(3600, 2 ^ least(attempt, 12)) * (1 + random() / 2))
$$;

-- Schedules ---------------------------------------------------------------------------------------------------

-- What comes again. Whoever finds one due computes the next time and moves `next_run_at` on from what it read: of many that try, one does,
-- and the job is enqueued in the same statement. Declared by the functions, registered by `itsm migrate`.
create table schedules (
  name        text primary key constraint schedules_name_check check (length(name) between 1 and 80),
  queue       text not null,
  cron        text not null,
  timezone    text not null default 'UTC',
  payload     jsonb not null default '{}',
  enabled     boolean not null default true,
  next_run_at timestamptz not null,
  last_run_at timestamptz,
  created_at  timestamptz not null default now()
);
create index schedules_due on schedules (next_run_at);

-- What the sweep takes away, found by age.
create index sessions_by_end on sessions ((least(expires_at, coalesce(revoked_at, 'infinity'))));
create index password_resets_by_end on password_resets (expires_at);
create index api_keys_by_end on api_keys (expires_at);

-- Retrying, cancelling, pausing: who did it is in the history, with whatever subjects there are already.
do $$
begin
  execute format('alter table events drop constraint events_subject_check, add constraint events_subject_check check (%s or subject in (''job'', ''schedule''))',
    (select pg_get_expr(conbin, conrelid) from pg_constraint where conname = 'events_subject_check' and conrelid = 'events'::regclass));
end $$;
