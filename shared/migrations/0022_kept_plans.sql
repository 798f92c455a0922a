-- Postgres plans what a function in SQL says anew in each statement that calls it, unless it can put it in the function's place; what a function in
-- PL/pgSQL says is planned a few times for a connection, then kept (docs/decisions/0093). These are what every write of a ticket and every job call, and say
-- what they said. A plan that is kept must be right when the table has grown: what looks for a row by its id never reads the table for it.

create or replace function ticket_search(short_description text, description text) returns tsvector language plpgsql immutable parallel safe as $$
declare
  words tsvector := to_tsvector('simple', short_description || ' ' || left(description, 1000));
begin
  if length(words) - length(ts_delete(words, array[
       'aber', 'als', 'auch', 'auf', 'bei', 'beim', 'bitte', 'das', 'dass', 'dem', 'den', 'der', 'die', 'ein', 'eine', 'einen', 'es', 'für',
       'haben', 'hat', 'ich', 'im', 'ist', 'kann', 'kein', 'keine', 'können', 'mein', 'mit', 'nach', 'nicht', 'noch', 'oder', 'schon', 'seit',
       'sich', 'sie', 'sind', 'und', 'uns', 'vom', 'von', 'wenn', 'werden', 'wie', 'wieder', 'wir', 'wird', 'zu', 'zum', 'zur']))
     > length(words) - length(ts_delete(words, array[
       'a', 'after', 'and', 'are', 'at', 'be', 'but', 'by', 'can', 'cannot', 'does', 'for', 'from', 'had', 'has', 'have', 'i', 'in', 'is', 'it',
       'my', 'no', 'not', 'of', 'on', 'or', 'our', 'please', 'since', 'that', 'the', 'there', 'this', 'to', 'was', 'we', 'when', 'will', 'with',
       'you']))
  then
    return setweight(to_tsvector('german', short_description), 'A') || setweight(to_tsvector('german', description), 'B');
  end if;
  return setweight(to_tsvector('english', short_description), 'A') || setweight(to_tsvector('english', description), 'B');
end $$;

create or replace function changes(before jsonb, after jsonb) returns jsonb language plpgsql immutable parallel safe as $$
begin
  return (
    select coalesce(jsonb_object_agg(a.key, jsonb_build_array(b.value, a.value)), '{}')
    from jsonb_each(after) a left join jsonb_each(before) b using (key)
    where b.value is distinct from a.value and a.key not in ('version', 'updated_at', 'created_at', 'search', 'due_at'));
end $$;

create or replace function enqueue(queue text, key text, payload jsonb, run_at timestamptz, priority integer default 0, max_attempts integer default 10)
returns bigint language plpgsql as $$
#variable_conflict use_column
declare
  job bigint;
begin
  insert into jobs as j (queue, key, payload, run_at, priority, max_attempts) values ($1, $2, $3, $4, $5, $6)
  on conflict (queue, key) where state = 'queued'
  do update set run_at = least(j.run_at, excluded.run_at), priority = greatest(j.priority, excluded.priority)
  returning j.id into job;
  return job;
end $$;

create or replace function held(job bigint, attempt bigint, seconds bigint default 60) returns setof bigint language plpgsql rows 1 set enable_seqscan = off as $$
begin
  return query
    update jobs j set locked_until = now() + make_interval(secs => $3) where j.id = $1 and j.attempt = $2 and j.locked_until is not null returning j.id;
end $$;

create or replace function complete(job bigint, attempt bigint) returns setof bigint language plpgsql rows 1 set enable_seqscan = off as $$
begin
  return query
    update jobs j set state = 'done', locked_until = null, finished_at = now()
    where j.id = $1 and j.attempt = $2 and j.locked_until is not null returning j.id;
end $$;

create or replace function webhook_is_restricted(ticket uuid, team uuid) returns boolean language plpgsql stable parallel safe set enable_seqscan = off as $$
begin
  return exists (select from tickets t where t.id = ticket and t.restricted_to is not null)
      or exists (select from teams g where g.id = team and g.restricted);
end $$;
