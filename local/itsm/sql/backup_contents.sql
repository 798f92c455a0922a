-- What a database holds, as JSON: {migration, rows: {table: count}, sample: {table: hash}}. The sample is of a thousand rows, the same ones wherever
-- the rows are the same; both times, a backup's and a restored database's, in UTC.
select json_build_object(
  'migration', (select max(version) from _sqlx_migrations where success),
  'rows', (
    select json_object_agg(relname, (xpath('/row/rows/text()', query_to_xml(format('select count(*) as rows from public.%I', relname), false, true, '')))[1]::text::int8 order by relname)
    from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'),
  'sample', json_build_object(
    'tickets', (select md5(string_agg(sampled::text, '' order by sampled.id)) from (select * from tickets order by md5(id::text), id limit 1000) as sampled),
    'events', (select md5(string_agg(sampled::text, '' order by sampled.epoch, sampled.xact, sampled.seq)) from (select * from events order by md5(seq::text), epoch, xact, seq limit 1000) as sampled),
    'comments', (select md5(string_agg(sampled::text, '' order by sampled.id)) from (select * from comments order by md5(id::text), id limit 1000) as sampled),
    'users', (select md5(string_agg(sampled::text, '' order by sampled.id)) from (select * from users order by md5(id::text), id limit 1000) as sampled),
    'ticket_slas', (select md5(string_agg(sampled::text, '' order by sampled.ticket_id, sampled.sla_id)) from (select * from ticket_slas order by md5(ticket_id::text), ticket_id, sla_id limit 1000) as sampled)))::text
