-- The indexes of the migration before take the places of those that hold less. Everybody waits while this waits for whoever reads the table. Where that is
-- a backup it gives up after five seconds and changes nothing: `itsm migrate` is to be run again when the backup is done.
set local lock_timeout = '5s';
drop index tickets_by_caller, tickets_by_assignee_opened, tickets_open_by_assignee,
  tickets_open_by_opened, tickets_open_by_updated, tickets_open_by_number, tickets_open_by_priority, tickets_open_by_due;
alter index tickets_by_caller_alone rename to tickets_by_caller;
alter index tickets_by_assignee_opened_alone rename to tickets_by_assignee_opened;
alter index tickets_open_by_assignee_alone rename to tickets_open_by_assignee;
alter index tickets_open_by_opened_alone rename to tickets_open_by_opened;
alter index tickets_open_by_updated_alone rename to tickets_open_by_updated;
alter index tickets_open_by_number_alone rename to tickets_open_by_number;
alter index tickets_open_by_priority_alone rename to tickets_open_by_priority;
alter index tickets_open_by_due_alone rename to tickets_open_by_due;
-- An index is enough only where Postgres knows a page's rows to be seen by all, which vacuum notes. By default it would come after 200,000 changes of a million
-- tickets; now after 10,000, about once a day there.
alter table tickets set (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_insert_scale_factor = 0.01);
