-- In one transaction, without triggers and foreign keys.
set session_replication_role = replica;
do $$
declare
  name text;
  columns text;
  book bigint := (select version from sla_book);
begin
  if to_regnamespace('suite') is null then
    if exists (select from users) then
      raise exception 'this desk is somebody''s: the suite takes away all that there is';
    end if;
    create schema suite;
    for name in select tablename from pg_tables where schemaname = 'public' and tablename <> '_sqlx_migrations' loop
      execute format('create table suite.%I as table public.%I', name, name);
    end loop;
  end if;
  for name in select tablename from pg_tables where schemaname = 'suite' loop
    execute format('delete from public.%I', name);
    columns := (select string_agg(quote_ident(attname), ', ') from pg_attribute
                where attrelid = format('public.%I', name)::regclass and attnum > 0 and not attisdropped and attgenerated = '');
    execute format('insert into public.%I (%s) overriding system value select %s from suite.%I', name, columns, columns, name);
  end loop;
  perform setval(format('%I.%I', schemaname, sequencename), start_value, false) from pg_sequences where schemaname = 'public';
  update sla_book set version = book + 1;
end $$;
reset session_replication_role;
