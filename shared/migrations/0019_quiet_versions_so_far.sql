-- What is read here is every event; what is written are the tickets whose clocks have moved.
update tickets t set quiet_versions = t.version - written.versions
from (select ticket_id, count(*) as versions from events where ticket_id is not null and version is not null group by ticket_id) as written
where written.ticket_id = t.id and written.versions < t.version;
