-- What the desk in full keeps of a ticket.

alter table tickets
  add column merged_into uuid constraint tickets_merged_into_fkey references tickets,
  -- the nearest running promise; infinity while there is none, so that it sorts last and a keyset needs no null
  add column due_at timestamptz not null default 'infinity',
  add constraint tickets_parent_check check (parent_id <> id),
  add constraint tickets_merged_check check (merged_into is null or state = 'canceled' and merged_into <> id);
create index tickets_by_parent on tickets (parent_id) where parent_id is not null;
create index tickets_by_merged on tickets (merged_into) where merged_into is not null;
