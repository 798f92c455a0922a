-- How many of a ticket's versions have no event: those in which clocks moved what it is due, and nothing else. So a version whose event is missing is
-- told from one that never had any. Those that there are already are counted by the next migration: this one holds up everybody, if only for a moment.
alter table tickets add column quiet_versions integer not null default 0;
