-- A write pays for its own words. Kept aside until there are 4 MB of them, they are put in by one unlucky write, which takes long, and until
-- then each search reads all of them.
alter index tickets_by_search set (fastupdate = off);
select gin_clean_pending_list('tickets_by_search');
