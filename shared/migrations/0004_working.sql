-- Working an incident together: links, who may do what with a ticket, and the few steps that must see what committed a moment ago.

create table links (
  id         uuid primary key,
  from_id    uuid not null constraint links_from_fkey references tickets,
  to_id      uuid not null constraint links_to_fkey references tickets,
  kind       text not null constraint links_kind_check check (kind in ('relates', 'duplicates', 'caused_by')),
  created_by uuid not null constraint links_created_by_fkey references users,
  created_at timestamptz not null,
  constraint links_self_check check (from_id <> to_id)
);
-- One link of a kind between two, whichever way: neither of two duplicates is a duplicate of the other twice.
create unique index links_pair_key on links (least(from_id, to_id), greatest(from_id, to_id), kind);
create index links_by_from on links (from_id, id);
create index links_by_to on links (to_id, id);

-- The kind as the other end reads it.
create function inverse(kind text) returns text language sql immutable parallel safe as $$
  select case kind when 'duplicates' then 'duplicated_by' when 'caused_by' then 'causes'
                   when 'duplicated_by' then 'duplicates' when 'causes' then 'caused_by' else kind end
$$;

drop index tickets_by_parent;
create index tickets_by_parent on tickets (parent_id, id) where parent_id is not null;

-- Who sees what ------------------------------------------------------------------------------------------------

-- Whether somebody sees a ticket; for statements about a few tickets. Lists spell it out, for their planner. In PL/pgSQL for the
-- reason given at ticket_id.
create function sees(viewer uuid, role text, ticket uuid, caller uuid, team uuid) returns boolean language plpgsql stable parallel safe as $$
begin
  return caller = viewer or role = 'admin' or team is null and role <> 'requester'
    or exists (select from watchers w where w.ticket_id = ticket and w.user_id = viewer)
    or role <> 'requester' and exists (select from team_members m where m.team_id = team and m.user_id = viewer);
end $$;

-- A ticket's id where this viewer sees it, else null: for parents, links and whatever else names another ticket.
create function shown(viewer uuid, role text, ticket uuid) returns uuid language plpgsql stable strict parallel safe as $$
begin
  return (select t.id from tickets t where t.id = ticket and sees(viewer, role, t.id, t.caller_id, t.restricted_to));
end $$;

-- An event's changes without the tickets that this viewer does not see.
create function changes_shown(viewer uuid, role text, changes jsonb) returns jsonb language plpgsql stable parallel safe as $$
declare
  names constant text[] := '{parent_id,merged_into,merged_from,relates,duplicates,duplicated_by,caused_by,causes}';
begin
  if not changes ?| names then
    return changes;
  end if;
  return (select jsonb_object_agg(key, case when key = any (names) then
            jsonb_build_array(shown(viewer, role, (value ->> 0)::uuid), shown(viewer, role, (value ->> 1)::uuid)) else value end)
          from jsonb_each(changes));
end $$;

-- The name of what a field of an event's changes refers to: a user, a team, or a ticket that the viewer sees. Null for other fields.
create function name_of(viewer uuid, role text, field text, value jsonb) returns text language plpgsql stable parallel safe as $$
begin
  return case
    when value #>> '{}' is null then null
    when field in ('caller_id', 'opened_by', 'assigned_to', 'watcher') then (select name from users where id = (value #>> '{}')::uuid)
    when field in ('assignment_group', 'restricted_to') then (select name from teams where id = (value #>> '{}')::uuid)
    when field in ('parent_id', 'merged_into', 'merged_from', 'relates', 'duplicates', 'duplicated_by', 'caused_by', 'causes')
      then (select number from tickets where id = shown(viewer, role, (value #>> '{}')::uuid))
  end;
end $$;

-- Who does what ------------------------------------------------------------------------------------------------

-- Whether somebody acts for a restricted team; for no team, anybody.
create function acts_for(person uuid, role text, team uuid) returns boolean language plpgsql stable parallel safe as $$
begin
  return team is null or role = 'admin'
    or role in ('agent', 'manager') and exists (select from team_members m where m.team_id = team and m.user_id = person);
end $$;

-- Why a writer may not make this of a ticket, where no constraint can say it, because it depends on who writes or on other rows as they
-- are now; null if they may. An import is history and is not asked.
create function refusal(writer uuid, role text, before tickets, after tickets) returns text language plpgsql stable parallel safe as $$
declare
  moved constant boolean := after.restricted_to is distinct from before.restricted_to;
begin
  return case
    -- Whom a restricted ticket is shown to is its team's to say: by the restriction, or by naming the caller.
    when (moved or after.caller_id is distinct from before.caller_id)
         and not (acts_for(writer, role, before.restricted_to) and acts_for(writer, role, after.restricted_to)) then 'forbidden'
    when moved and after.restricted_to is not null
         and not exists (select from teams where id = after.restricted_to and restricted) then 'restricted_to'
    when after.parent_id is distinct from before.parent_id and after.parent_id is not null
         and shown(writer, role, after.parent_id) is null then 'parent'
    -- What one does not see, one does not replace.
    when after.parent_id is distinct from before.parent_id and before.parent_id is not null
         and shown(writer, role, before.parent_id) is null then 'forbidden'
    -- Who can be given a restricted ticket tells who is on its team. A reopened one goes back by itself.
    when after.assigned_to is distinct from before.assigned_to and before.state is distinct from 'resolved' and not acts_for(writer, role, after.restricted_to) then 'forbidden'
    when (moved or after.assigned_to is distinct from before.assigned_to) and after.assigned_to is not null
         and not exists (select from users u where u.id = after.assigned_to and u.active and u.role in ('agent', 'manager', 'admin')
                                               and acts_for(u.id, u.role, after.restricted_to)) then 'assignee'
    when after.assignment_group is distinct from before.assignment_group and after.assignment_group is not null
         and not exists (select from teams where id = after.assignment_group and active) then 'inactive'
    -- Another team would be given what it cannot see.
    when (moved or after.assignment_group is distinct from before.assignment_group)
         and after.restricted_to is not null and after.assignment_group <> after.restricted_to then 'group'
  end;
end $$;

-- What was answered once, without the tickets that the viewer may not see any more; the same text where there are none.
create function answer_shown(viewer uuid, role text, answer json) returns json language plpgsql stable parallel safe as $$
begin
  if (answer ->> 'parent_id' is null or shown(viewer, role, (answer ->> 'parent_id')::uuid) is not null)
     and (answer ->> 'merged_into' is null or shown(viewer, role, (answer ->> 'merged_into')::uuid) is not null) then
    return answer;
  end if;
  return (
    select json_object_agg(key, case when key in ('parent_id', 'merged_into') then to_json(shown(viewer, role, (value #>> '{}')::uuid)) else value end
                           order by position)
    from json_each(answer) with ordinality as members(key, value, position));
end $$;

-- Of a ticket that is restricted to a team and a team that is opened at the same time, one waits for the other and then sees it.
create function restricted_to_a_restricted_team() returns trigger language plpgsql as $$
begin
  perform from teams where id = new.restricted_to and restricted for share;
  if not found then
    raise exception using errcode = '23514', constraint = 'tickets_restricted_to_restricted', message = 'the team is not a restricted one';
  end if;
  return new;
end $$;
create trigger tickets_restricted_on_insert before insert on tickets for each row
  when (new.restricted_to is not null) execute function restricted_to_a_restricted_team();
create trigger tickets_restricted_on_update before update of restricted_to on tickets for each row
  when (new.restricted_to is not null and new.restricted_to is distinct from old.restricted_to) execute function restricted_to_a_restricted_team();
create function opened_team_keeps_nothing() returns trigger language plpgsql as $$
begin
  if exists (select from tickets where restricted_to = new.id) then
    raise exception using errcode = '23514', constraint = 'teams_open_keeps_nothing', message = 'tickets are restricted to this team';
  end if;
  return new;
end $$;
create trigger teams_opened before update of restricted on teams for each row
  when (old.restricted and not new.restricted) execute function opened_team_keeps_nothing();

-- Parents are one level deep. The parent's row is locked, so that of two who take each other at once one waits and then sees.
create function parent_is_one_level_up() returns trigger language plpgsql as $$
declare
  above record;
begin
  select parent_id, state into above from tickets where id = new.parent_id for no key update;
  if above.state in ('closed', 'canceled') then
    raise exception using errcode = '23514', constraint = 'tickets_parent_open', message = 'the parent is closed or canceled';
  end if;
  if above.parent_id is not null or exists (select from tickets where parent_id = new.id) then
    raise exception using errcode = '23514', constraint = 'tickets_parent_level', message = 'a parent has no parent, a child no children';
  end if;
  return new;
end $$;
create trigger tickets_parent_on_insert before insert on tickets for each row
  when (new.parent_id is not null) execute function parent_is_one_level_up();
create trigger tickets_parent_on_update before update of parent_id on tickets for each row
  when (new.parent_id is not null and new.parent_id is distinct from old.parent_id) execute function parent_is_one_level_up();

-- Steps that must see what committed while their statement waited for a ticket's lock. The statement's snapshot is older than that; a
-- volatile function's is not. -----------------------------------------------------------------------------------

-- The watchers outside of the team that a ticket is now restricted to, who watch it no more.
create function drop_outsiders(ticket uuid, team uuid, caller uuid) returns setof uuid language plpgsql as $$
begin
  return query
    delete from watchers w using users u
    where w.ticket_id = ticket and u.id = w.user_id and u.id <> caller and not acts_for(u.id, u.role, team)
    returning w.user_id;
end $$;

-- One job per open child of a parent that was resolved; each acts as the resolver.
create function resolve_children(parent uuid, at_version bigint, resolver uuid) returns setof bigint language plpgsql as $$
begin
  return query
    select enqueue('children', 'resolve:' || t.id || ':' || parent || ':' || at_version,
                   jsonb_build_object('child', t.id, 'parent', parent, 'resolver', resolver), now())
    from tickets t where t.parent_id = parent and t.state in ('new', 'in_progress', 'on_hold');
end $$;

-- Moves the comments and watchers of a ticket to the one that it is merged into; its caller watches on there. False, and nothing is
-- moved, where it has children. Both rows are locked by whoever calls.
create function move_conversation(source uuid, target uuid) returns boolean language plpgsql as $$
begin
  if exists (select from tickets where parent_id = source) then
    return false;
  end if;
  update comments set ticket_id = target where ticket_id = source;
  insert into watchers (ticket_id, user_id)
    select target, user_id from watchers where ticket_id = source
    union select target, s.caller_id from tickets s join tickets t on t.id = target where s.id = source and s.caller_id <> t.caller_id
  on conflict do nothing;
  delete from watchers where ticket_id = source;
  return true;
end $$;
