-- Sets aside what came by mail and has no job any more that would take it: its worker was killed each time, or somebody canceled the job. So it is shown,
-- and can be taken anew. Only for the claim that runs, whose lease it renews.
-- $1 job, $2 attempt
with lease as (
  select from held($1::int8, $2::int8)
), lost as (
  select m.id from inbound_mails m, lease
  where m.state = 'received'
    and not exists (select from jobs j where j.queue = 'intake' and j.key = 'mail:' || m.id and j.state = 'queued')
    and not exists (select from jobs j where j.queue = 'intake' and j.key = 'mail:' || m.id and j.state = 'running')
  for no key update of m skip locked
), mail as (
  update inbound_mails m set state = 'set_aside', outcome = 'poison', ended_at = now() from lost where m.id = lost.id
  returning 1
)
select json_build_object('set_aside', (select count(*) from mail))::text from lease
