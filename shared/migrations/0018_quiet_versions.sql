-- How many of a ticket's versions have no event: those in which clocks moved what it is due, and nothing else. So a version whose event is missing is
-- told from one that never had any.
alter table tickets add column quiet_versions integer not null default 0;
update tickets t set quiet_versions = t.version - written.versions
from (select ticket_id, count(*) as versions from events where ticket_id is not null and version is not null group by ticket_id) as written
where written.ticket_id = t.id and written.versions < t.version;
