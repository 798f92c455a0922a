-- What lists and searches stand on. docs/decisions/0013 says which list each index is for.

create extension if not exists pg_trgm;

-- Bytes, not a language's order: numbers are compared by length, then by text, and found by prefix.
alter table tickets alter column number type text collate "C";

-- What a search looks into, stemmed in the language that the text is in: the one of whose small words it has more. The line counts more
-- than the rest. Comments are not in it: a work note must not be found by those who may not read it.
create function ticket_search(short_description text, description text) returns tsvector language sql immutable parallel safe as $$
  select case when length(words) - length(ts_delete(words, array[
           'aber', 'als', 'auch', 'auf', 'bei', 'beim', 'bitte', 'das', 'dass', 'dem', 'den', 'der', 'die', 'ein', 'eine', 'einen', 'es', 'für',
           'haben', 'hat', 'ich', 'im', 'ist', 'kann', 'kein', 'keine', 'können', 'mein', 'mit', 'nach', 'nicht', 'noch', 'oder', 'schon', 'seit',
           'sich', 'sie', 'sind', 'und', 'uns', 'vom', 'von', 'wenn', 'werden', 'wie', 'wieder', 'wir', 'wird', 'zu', 'zum', 'zur']))
         > length(words) - length(ts_delete(words, array[
           'a', 'after', 'and', 'are', 'at', 'be', 'but', 'by', 'can', 'cannot', 'does', 'for', 'from', 'had', 'has', 'have', 'i', 'in', 'is', 'it',
           'my', 'no', 'not', 'of', 'on', 'or', 'our', 'please', 'since', 'that', 'the', 'there', 'this', 'to', 'was', 'we', 'when', 'will', 'with',
           'you']))
         then setweight(to_tsvector('german', short_description), 'A') || setweight(to_tsvector('german', description), 'B')
         else setweight(to_tsvector('english', short_description), 'A') || setweight(to_tsvector('english', description), 'B') end
  from to_tsvector('simple', short_description || ' ' || left(description, 1000)) as words
$$;
alter table tickets add column search tsvector generated always as (ticket_search(short_description, description)) stored;

-- What somebody typed, in either language.
create function search_query(typed text) returns tsquery language sql immutable parallel safe
  as $$ select websearch_to_tsquery('english', typed) || websearch_to_tsquery('german', typed) $$;

-- As before, and without what is derived.
create or replace function changes(before jsonb, after jsonb) returns jsonb language sql immutable parallel safe as $$
  select coalesce(jsonb_object_agg(a.key, jsonb_build_array(b.value, a.value)), '{}')
  from jsonb_each(after) a left join jsonb_each(before) b using (key)
  where b.value is distinct from a.value and a.key not in ('version', 'updated_at', 'created_at', 'search')
$$;

-- Every word that a ticket has held while it was restricted to nobody: what a mistyped one is compared with. Ordered, so that two writers of the
-- same new words never wait for each other in a circle.
create table search_words (word text collate "C" primary key);
create index search_words_alike on search_words using gin (word gin_trgm_ops);
create function words_of(short_description text, description text) returns setof text language sql immutable parallel safe as $$
  select word from unnest(tsvector_to_array(to_tsvector('simple', short_description || ' ' || left(description, 4000)))) as found(word)
  where length(word) between 4 and 40 and word ~ '^[[:alpha:]]+$'
$$;
create function remember_words() returns trigger language plpgsql as $$
begin
  insert into search_words
  select distinct found.word from written, words_of(written.short_description, written.description) as found(word)
  where written.restricted_to is null and not exists (select from search_words known where known.word = found.word)
  order by found.word
  on conflict do nothing;
  return null;
end $$;
create trigger tickets_words_of_new after insert on tickets
  referencing new table as written for each statement execute function remember_words();
-- A change of anything else does not look at words: only a trigger for each row can say so beforehand.
create function remember_changed_words() returns trigger language plpgsql as $$
begin
  insert into search_words
  select found.word from words_of(new.short_description, new.description) as found(word)
  where not exists (select from search_words known where known.word = found.word)
  order by found.word
  on conflict do nothing;
  return null;
end $$;
create trigger tickets_words_of_changed after update on tickets for each row
  when (new.restricted_to is null
        and (old.short_description, old.description, old.restricted_to) is distinct from (new.short_description, new.description, new.restricted_to))
  execute function remember_changed_words();
insert into search_words
select distinct found.word from tickets, words_of(short_description, description) as found(word) where restricted_to is null order by found.word;

-- Sorts. Each has its index over everything, and one over what is open: one ticket in twenty, and most of what is listed.
drop index tickets_by_priority_opened, tickets_by_priority_updated;
create index tickets_by_number on tickets (kind, length(number), number);
create index tickets_by_priority on tickets (kind, priority, id);
create index tickets_by_due on tickets (kind, due_at, id);
create index tickets_over_by_due on tickets (kind, due_at, id) where state in ('closed', 'canceled');
create index tickets_open_by_opened on tickets (kind, opened_at, id) where state in ('new', 'in_progress', 'on_hold', 'resolved');
create index tickets_open_by_updated on tickets (kind, updated_at, id) where state in ('new', 'in_progress', 'on_hold', 'resolved');
create index tickets_open_by_number on tickets (kind, length(number), number) where state in ('new', 'in_progress', 'on_hold', 'resolved');
create index tickets_open_by_priority on tickets (kind, priority, id) where state in ('new', 'in_progress', 'on_hold', 'resolved');
create index tickets_open_by_due on tickets (kind, due_at, id) where state in ('new', 'in_progress', 'on_hold', 'resolved');

-- Filters. A team's and a person's lists have indexes in their order; what else can be rare has one that finds it.
create index tickets_by_group_opened on tickets (assignment_group, opened_at, id) where restricted_to is null;
create index tickets_by_group_updated on tickets (assignment_group, updated_at, id) where restricted_to is null;
create index tickets_by_group_number on tickets (assignment_group, length(number), number) where restricted_to is null;
create index tickets_by_group_priority on tickets (assignment_group, priority, id) where restricted_to is null;
create index tickets_by_group_due on tickets (assignment_group, due_at, id) where restricted_to is null;
create index tickets_by_assignee_opened on tickets (assigned_to, opened_at, id) where restricted_to is null;
create index tickets_by_assignee_updated on tickets (assigned_to, updated_at, id) where restricted_to is null;
create index tickets_open_by_group on tickets (assignment_group, opened_at, id) where state in ('new', 'in_progress', 'on_hold', 'resolved');
create index tickets_open_by_assignee on tickets (assigned_to, opened_at, id) where state in ('new', 'in_progress', 'on_hold', 'resolved');
-- The tickets of a category that a restricted team alone uses are all restricted. Of an expression the planner knows how rare its values are; of two
-- columns it would multiply, and look for the 51st unrestricted one to the end.
create index tickets_by_category on tickets ((case when restricted_to is null then category end));
create index tickets_by_channel on tickets (channel) where restricted_to is null;
create index tickets_by_resolved on tickets (kind, resolved_at, id) where resolved_at is not null;
create index tickets_major_by_opened on tickets (kind, opened_at, id) where major;
create index tickets_major_by_updated on tickets (kind, updated_at, id) where major;
create index tickets_major_by_number on tickets (kind, length(number), number) where major;
create index tickets_major_by_priority on tickets (kind, priority, id) where major;
create index tickets_major_by_due on tickets (kind, due_at, id) where major;
-- What no team has yet: the newest, so that a walk from the oldest would pass everything.
create index tickets_teamless_by_opened on tickets (kind, opened_at, id) where assignment_group is null;
create index tickets_teamless_by_updated on tickets (kind, updated_at, id) where assignment_group is null;
create index tickets_teamless_by_number on tickets (kind, length(number), number) where assignment_group is null;
create index tickets_teamless_by_priority on tickets (kind, priority, id) where assignment_group is null;
create index tickets_by_search on tickets using gin (search);

-- What only some may see is listed by itself.
create index tickets_restricted_by_opened on tickets (restricted_to, opened_at, id) where restricted_to is not null;
create index tickets_restricted_by_updated on tickets (restricted_to, updated_at, id) where restricted_to is not null;
create index tickets_restricted_by_number on tickets (restricted_to, length(number), number) where restricted_to is not null;
create index tickets_restricted_by_priority on tickets (restricted_to, priority, id) where restricted_to is not null;
create index tickets_restricted_by_due on tickets (restricted_to, due_at, id) where restricted_to is not null;
-- Few: only an import gives a team what it cannot see. Not the others, which stand in the order of the list already.
create index tickets_restricted_and_anothers on tickets (restricted_to, assignment_group) where restricted_to <> assignment_group;
create index tickets_restricted_by_caller on tickets (caller_id) where restricted_to is not null;
create index tickets_restricted_by_assignee on tickets (restricted_to, assigned_to) where restricted_to is not null;
create index tickets_restricted_open on tickets (restricted_to, opened_at, id)
  where restricted_to is not null and state in ('new', 'in_progress', 'on_hold', 'resolved');

-- Who is asking, as the view `callers` tells it. As a stable function, and not as a look-up in the statement, because the planner asks it, too: how
-- much a list has to pass depends on who asks. It costs more than a comparison, so it must not be one for each row.
create function asking(session uuid) returns uuid language plpgsql stable cost 1000 set plan_cache_mode = force_generic_plan as $$
begin
  return (select id from callers where session_id = session);
end $$;

-- The restricted tickets that somebody called or watches, and the teams whose restricted tickets they see. In PL/pgSQL because a session keeps
-- the plans: lists are planned each time, and these would cost more to plan than to run.
create function restricted_to_party(who uuid) returns setof tickets language plpgsql stable set plan_cache_mode = force_generic_plan as $$
begin
  return query select * from tickets where caller_id = who and restricted_to is not null
    union all select t.* from watchers w join tickets t on t.id = w.ticket_id where w.user_id = who and t.restricted_to is not null and t.caller_id <> who;
end $$;
create function restricted_rooms(who uuid, as_role text) returns uuid[] language plpgsql stable set plan_cache_mode = force_generic_plan as $$
begin
  if as_role = 'requester' then
    return '{}';
  end if;
  return array(
    select teams.id from teams
    where exists (select from tickets t where t.restricted_to = teams.id)
      and (as_role = 'admin' or exists (select from team_members m where m.team_id = teams.id and m.user_id = who)));
end $$;
