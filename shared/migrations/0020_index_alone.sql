-- Lists of a person and of what is open, chosen from an index alone: it holds what they are sorted and filtered by. The rows of the
-- page are fetched afterwards (functions/incidents/sql/list.sql). docs/decisions/0092
-- Reads go on while these are made, writes wait. What they replace goes with the next migration, which holds up everybody, if only for a moment.
create function tickets_in_order(ids uuid[]) returns setof tickets language plpgsql stable rows 51 set plan_cache_mode = force_generic_plan as $$
begin
  return query select t.* from unnest(ids) with ordinality as page(id, at) join tickets t using (id) order by page.at;
end $$;

create index tickets_by_caller_alone on tickets (caller_id, opened_at, id)
  include (kind, restricted_to, assigned_to, assignment_group, state, priority, major, parent_id, updated_at, due_at, number, category, channel);
create index tickets_by_assignee_opened_alone on tickets (assigned_to, opened_at, id)
  include (kind, restricted_to, caller_id, assignment_group, state, priority, major, parent_id, updated_at, due_at, number, category, channel)
  where restricted_to is null;
create index tickets_open_by_assignee_alone on tickets (assigned_to, opened_at, id)
  include (kind, restricted_to, caller_id, assignment_group, state, priority, major, parent_id, updated_at, due_at, number, category, channel)
  where state in ('new', 'in_progress', 'on_hold', 'resolved');
create index tickets_open_by_opened_alone on tickets (kind, opened_at, id)
  include (restricted_to, caller_id, assigned_to, assignment_group, state, priority, major, parent_id, updated_at, due_at, number, category, channel)
  where state in ('new', 'in_progress', 'on_hold', 'resolved');
create index tickets_open_by_updated_alone on tickets (kind, updated_at, id)
  include (restricted_to, caller_id, assigned_to, assignment_group, state, priority, major, parent_id, opened_at, due_at, number, category, channel)
  where state in ('new', 'in_progress', 'on_hold', 'resolved');
create index tickets_open_by_number_alone on tickets (kind, length(number), number)
  include (id, restricted_to, caller_id, assigned_to, assignment_group, state, priority, major, parent_id, opened_at, updated_at, due_at, category, channel)
  where state in ('new', 'in_progress', 'on_hold', 'resolved');
create index tickets_open_by_priority_alone on tickets (kind, priority, id)
  include (restricted_to, caller_id, assigned_to, assignment_group, state, major, parent_id, opened_at, updated_at, due_at, number, category, channel)
  where state in ('new', 'in_progress', 'on_hold', 'resolved');
create index tickets_open_by_due_alone on tickets (kind, due_at, id)
  include (restricted_to, caller_id, assigned_to, assignment_group, state, priority, major, parent_id, opened_at, updated_at, number, category, channel)
  where state in ('new', 'in_progress', 'on_hold', 'resolved');

-- Critical ones are one in fifty, and together in no order of time. A list has a first and a last priority, which imply no equality.
create index tickets_critical_by_opened on tickets (kind, opened_at, id) where priority <= 1;
create index tickets_critical_by_updated on tickets (kind, updated_at, id) where priority <= 1;
create index tickets_critical_by_number on tickets (kind, length(number), number) where priority <= 1;
create index tickets_critical_by_due on tickets (kind, due_at, id) where priority <= 1;
