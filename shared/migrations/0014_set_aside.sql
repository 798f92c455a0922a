-- Mails that were set aside have routes: a list, the newest first by id, and what was done with one is in the history.
drop index inbound_mails_set_aside;
create index inbound_mails_set_aside on inbound_mails (id) where state = 'set_aside';

do $$
begin
  execute format('alter table events drop constraint events_subject_check, add constraint events_subject_check check (%s or subject in (''mail''))',
    (select pg_get_expr(conbin, conrelid) from pg_constraint where conname = 'events_subject_check' and conrelid = 'events'::regclass));
end $$;
