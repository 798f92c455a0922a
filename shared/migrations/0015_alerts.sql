-- Groups of alerts, and the incident that the last one of each opened. docs/decisions/0083.
create table alert_groups (
  key        text primary key constraint alert_groups_key_check check (char_length(key) between 1 and 1000),
  digest     text not null,                          -- of what fires
  ticket_id  uuid not null constraint alert_groups_ticket_fkey references tickets,
  changed_at timestamptz not null
);
