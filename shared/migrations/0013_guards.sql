-- What mail, rules and clocks did not guard against. docs/decisions/0060 to 0064.

-- Whether the author of a message was known to be whom it named: what is sent in somebody's name must not use up what they may send.
alter table inbound_mails add column verified boolean not null default false;

-- As before, and not of silent events: a rule that answered a bounce would be answered by the next one.
create or replace function events_rules() returns trigger language plpgsql as $$
begin
  if current_setting('itsm.silent', true) = 'on' or not exists (select from rules where active and events is not null) then
    return null;
  end if;
  insert into jobs (queue, key, payload, run_at)
  select 'automation', concat_ws(':', 'event', e.epoch, e.xact, e.seq),
         jsonb_build_object('event', jsonb_build_array(e.epoch::text, e.xact::text, e.seq::text)), now()
  from written e
  where e.ticket_id is not null and not e.silent and exists (select from rules r where r.active and e.verb = any (r.events))
  on conflict do nothing;
  return null;
end $$;

-- As before, and a rule's comment is nobody's answer.
create or replace function sla_facts(ticket uuid) returns json language plpgsql stable as $$
declare
  book bigint := (select b.version from sla_book b);
begin
  if not exists (select from slas where active) and not exists (select from ticket_slas s where s.ticket_id = ticket) then
    return json_build_object('book', book);
  end if;
  return json_build_object('book', book,
    'rows', coalesce((select json_agg(to_jsonb(s) order by s.started_at, s.sla_id) from ticket_slas s where s.ticket_id = ticket), '[]'),
    'states', coalesce((select json_agg(json_build_array(e.at, e.changes -> 'state' ->> 1) order by e.epoch, e.xact, e.seq)
                        from events e where e.ticket_id = ticket and e.changes ? 'state'), '[]'),
    'responded_at', (select min(c.created_at) from comments c join users u on u.id = c.author_id join tickets t on t.id = c.ticket_id
                     where c.ticket_id = ticket and c.visibility = 'public' and c.author_id <> t.caller_id and u.role in ('agent', 'manager', 'admin')
                       and not exists (select from rules r where r.id = u.id)));
end $$;

-- What a ticket is due is what its caller was promised; promises between teams have moved it until now.
update tickets t set due_at = promised.due_at, version = t.version + 1
from (
  select s.ticket_id, coalesce(min(s.due_at) filter (where d.type = 'sla'), 'infinity') as due_at
  from ticket_slas s join slas d on d.id = s.sla_id
  where s.stage = 'in_progress'
  group by s.ticket_id having bool_or(d.type <> 'sla')
) as promised
where t.id = promised.ticket_id and t.due_at <> promised.due_at;
