-- Lists that had no index in their order, or were planned for longer than they were read. docs/decisions/0013 says which list each index is for.

-- Canceled ones are the rare state: few, and together. The other states are listed by what is open, or met on the way.
drop index tickets_by_state_opened, tickets_by_state_updated;
create index tickets_canceled_by_opened on tickets (kind, opened_at, id) where state = 'canceled';
create index tickets_canceled_by_updated on tickets (kind, updated_at, id) where state = 'canceled';
create index tickets_canceled_by_number on tickets (kind, length(number), number) where state = 'canceled';
create index tickets_canceled_by_priority on tickets (kind, priority, id) where state = 'canceled';
create index tickets_canceled_by_due on tickets (kind, due_at, id) where state = 'canceled';

-- What a team works on, in every order: a small team's stand together in none of them.
create index tickets_open_by_group_updated on tickets (assignment_group, updated_at, id) where state in ('new', 'in_progress', 'on_hold', 'resolved');
create index tickets_open_by_group_number on tickets (assignment_group, length(number), number) where state in ('new', 'in_progress', 'on_hold', 'resolved');
create index tickets_open_by_group_priority on tickets (assignment_group, priority, id) where state in ('new', 'in_progress', 'on_hold', 'resolved');
create index tickets_open_by_group_due on tickets (assignment_group, due_at, id) where state in ('new', 'in_progress', 'on_hold', 'resolved');

-- Values that can be rare, and rarer together. Equal entries are stored once, so the further columns make no index larger.
drop index tickets_by_category, tickets_by_channel;
create index tickets_by_category on tickets ((case when restricted_to is null then category end), channel, priority);
create index tickets_by_channel on tickets (channel, priority) where restricted_to is null;

-- Who is asking and the teams whose restricted tickets they see, for statements that are planned each time: a session keeps this one's plan.
create function calling(session uuid) returns table (id uuid, role text, rooms uuid[]) language plpgsql stable rows 1
  set plan_cache_mode = force_generic_plan as $$
begin
  return query select c.id, c.role, restricted_rooms(c.id, c.role) from callers c where c.session_id = session;
end $$;
