-- People and teams in full: preferences, erasure, search, and whom an event is about.

create extension if not exists pg_trgm;  -- a trusted extension: whoever owns the database may

alter table users
  -- preferences; null: the home's own
  add column locale text constraint users_locale_check
    check (length(locale) <= 35 and locale ~ '^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$'),  -- BCP 47, well-formed
  add column time_zone text constraint users_time_zone_check check (length(time_zone) <= 64),  -- IANA; its writer asks pg_timezone_names
  -- when the person was erased: what is left is a pseudonym that history hangs on
  add column erased_at timestamptz,
  -- what `q` looks in
  add column search text not null generated always as (lower(name) || ' ' || email) stored,
  add constraint users_erased_check check (erased_at is null or not active and password_hash is null and locale is null and time_zone is null);
create index users_by_name on users (lower(name), id);
create index users_by_created on users (created_at, id);
create index users_by_search on users using gin (search gin_trgm_ops);

alter table teams
  add column description text not null default '' constraint teams_description_check check (length(description) <= 4000),
  add column active boolean not null default true,
  add column updated_at timestamptz not null default now();
create index teams_by_name on teams (lower(name), id);

-- Whom or what an event of subject `user` or `team` is about. A user's event keeps values of role and active alone; of a name, an
-- address or a preference it says that it changed, so that erasing a person rewrites no history.
alter table events
  drop constraint events_subject_check,
  add constraint events_subject_check check (subject in ('incident', 'settings', 'user', 'team')),
  add column user_id uuid constraint events_user_fkey references users,
  add column team_id uuid constraint events_team_fkey references teams;
create index events_by_user on events (user_id, epoch, xact, seq) where user_id is not null;

-- What an export of a person's data is read by.
create index events_by_actor on events (actor_id, epoch, xact, seq);
create index comments_by_author on comments (author_id, id) where visibility = 'public';
create index tickets_by_opener on tickets (opened_by, id) where opened_by <> caller_id;

-- Takes a person off all teams. Volatile, so that it sees a membership that was given while the person's own row was waited for.
create function leave_teams(person uuid) returns setof uuid language plpgsql volatile as $$
begin
  return query delete from team_members m where m.user_id = person returning m.team_id;
end $$;
