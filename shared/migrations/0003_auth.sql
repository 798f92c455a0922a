-- Who somebody is, in full: families of refresh tokens, passwords that are reset, attempts that are slowed, API keys.

-- All refresh tokens of a session begin with the same random part, stored hashed as `family`: a token of a known family that is neither
-- the present nor the just-spent one was spent long ago, and has been copied. Sessions from before this have none and end by expiring.
alter table sessions
  add column family       text constraint sessions_family_key unique,
  add column spent_at     timestamptz,
  add column refreshed_at timestamptz,
  add column user_agent   text,
  add column address      text;
drop index sessions_by_spent;

-- Single use, issued by an administrator, stored as its SHA-256. A used one stays as the record of who issued it.
create table password_resets (
  id         uuid primary key,
  user_id    uuid not null constraint password_resets_user_fkey references users,
  token_hash text not null constraint password_resets_token_key unique,
  created_by uuid not null constraint password_resets_created_by_fkey references users,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at    timestamptz
);
create index password_resets_by_user on password_resets (user_id);

-- API keys. `session_id` is the first half of the SHA-256 of the key's whole text, scopes included: whoever shows the key has a session of
-- that id, and every statement takes it for one. The key itself is not stored.
create table api_keys (
  id           uuid primary key,
  session_id   uuid not null constraint api_keys_session_key unique,
  user_id      uuid not null constraint api_keys_user_fkey references users,
  name         text not null constraint api_keys_name_check check (length(name) between 1 and 80),
  prefix       text not null,
  scopes       text[] not null,
  created_at   timestamptz not null default now(),
  expires_at   timestamptz not null,
  last_used_at timestamptz
);
create index api_keys_by_user on api_keys (user_id, created_at, id);

-- Who is asking, as it is now, by session or by API key. Either branch is one look-up by its unique index.
create or replace view callers as
  select s.session_id, u.id, u.role, u.name, u.email
  from (
    select id as session_id, user_id from sessions where revoked_at is null and expires_at > now()
    union all
    select session_id, user_id from api_keys where expires_at > now()
  ) s join users u on u.id = s.user_id
  where u.active;

-- Attempts at passwords ---------------------------------------------------------------------------------------

-- Recent failures: of an account from anywhere, of an address at any account, and of the pair. Accounts are named by the hash of the
-- e-mail address that was tried, whether somebody has it or not.
create table login_attempts (
  kind     text not null constraint login_attempts_kind_check check (kind in ('account', 'address', 'pair')),
  name     text not null,
  failures integer not null,
  next_at  timestamptz not null,  -- no attempt is looked at before
  primary key (kind, name)
);
create index login_attempts_by_age on login_attempts (next_at);

-- What the n-th failure in a row costs: nothing at first, then 1, 2, 4 ... seconds up to the longest.
create function login_delay(kind text, failures integer) returns interval language sql immutable parallel safe as $$
  select make_interval(secs => case when failures <= free then 0 else least(longest, 2 ^ least(failures - free - 1, 20)) end)
  from (values ('account', 20, 15), ('address', 50, 30), ('pair', 10, 300)) as rule(counted, free, longest) where counted = $1
$$;

create function login_names(email text, address text) returns table (kind text, name text) language sql immutable parallel safe as $$
  select k, n from encode(sha256(convert_to($1, 'UTF8')), 'hex') as account,
                   lateral (values ('account', account), ('address', $2), ('pair', account || ' ' || $2)) as names(k, n)
$$;

-- Seconds to wait before this attempt may be looked at; 0 counts it as a failure, which `login_succeeded` takes back: of many at once no
-- more pass than one after the other. Somebody who logged in from this address before does not wait for what others do to the account.
create function login_attempt(email text, address text, familiar boolean) returns integer language plpgsql as $$
declare
  until timestamptz;
begin
  insert into login_attempts (kind, name, failures, next_at)
  select n.kind, n.name, 0, now() from login_names(email, address) n order by n.kind
  on conflict do nothing;
  select max(next_at) into until from (
    select a.kind, a.next_at from login_attempts a, login_names(email, address) n where a.kind = n.kind and a.name = n.name
    order by a.kind for update of a) as locked
  where kind <> 'account' or not familiar;
  if until > now() then
    return greatest(1, ceil(extract(epoch from until - now())));
  end if;
  update login_attempts a set
    failures = case when a.next_at < now() - interval '1 hour' then 1 else a.failures + 1 end,
    next_at = greatest(a.next_at, now() + login_delay(a.kind, case when a.next_at < now() - interval '1 hour' then 1 else a.failures + 1 end))
  from login_names(email, address) n where a.kind = n.kind and a.name = n.name;
  delete from login_attempts where ctid = any (array(
    select ctid from login_attempts where next_at < now() - interval '1 hour' order by next_at limit 20 for update skip locked));
  return 0;
end $$;

-- Takes back what the attempt counted; the pair begins anew.
create function login_succeeded(email text, address text) returns boolean language plpgsql as $$
begin
  perform from login_attempts a, login_names(email, address) n where a.kind = n.kind and a.name = n.name order by a.kind for update of a;
  update login_attempts a set failures = case when a.kind = 'pair' then 0 else greatest(a.failures - 1, 0) end, next_at = least(a.next_at, now())
  from login_names(email, address) n where a.kind = n.kind and a.name = n.name;
  return true;
end $$;
