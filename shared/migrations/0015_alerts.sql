-- Groups of alerts, and the incident that the last one of each opened. docs/decisions/0083.
create table alert_groups (
  key        text primary key,                       -- SHA-256 of what Alertmanager calls the group, for that has no bound
  digest     text not null,                          -- of what fires
  ticket_id  uuid not null constraint alert_groups_ticket_fkey references tickets,
  changed_at timestamptz not null
);
