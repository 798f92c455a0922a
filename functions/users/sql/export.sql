-- A page of what the platform holds about a person, in parts: 1 profile, 2 teams, 3 sessions, 4 API keys, 5 resets of their password,
-- 6 tickets, 7 public comments, 8 what they did, 9 what was done to their account, 10 what they want to hear of, 11 their inbox, 12 mails to
-- them. Of what is about tickets, that which the caller may see; an administrator sees all.
-- $1 session, $2 id or `me`, $3 limit, $4 the part to begin in, $5 the id in it, $6 epoch, $7 xact and $8 seq in it, after which to begin
with me as (select id, role from callers where session_id = $1::text::uuid),
person as (
  select u.* from users u, me
  where u.id = case when $2::text = 'me' then me.id else $2::text::uuid end and (me.role = 'admin' or u.id = me.id)
), piece as (
  (select 1 as part, person.id, 0 as epoch, '0'::xid8 as xact, 0::int8 as seq, row_to_json(item) as data
   from person, lateral (
     select person.id, person.email, person.name, person.role, person.active, person.locale, person.time_zone, person.erased_at,
            person.version, person.created_at, person.updated_at
   ) as item where $4::text::int < 1)
  union all
  (select 2, t.id, 0, '0', 0, row_to_json(item)
   from person join team_members m on m.user_id = person.id join teams t on t.id = m.team_id, lateral (select t.id, t.name) as item
   where $4::text::int <= 2 and t.id > case when $4::text::int = 2 then $5::text::uuid else '00000000-0000-0000-0000-000000000000' end
   order by t.id limit $3::int8 + 1)
  union all
  (select 3, s.id, 0, '0', 0, row_to_json(item)
   from person join sessions s on s.user_id = person.id, lateral (
     select s.id, s.created_at, s.refreshed_at, s.expires_at, s.revoked_at, s.user_agent, s.address
   ) as item
   where $4::text::int <= 3 and s.id > case when $4::text::int = 3 then $5::text::uuid else '00000000-0000-0000-0000-000000000000' end
   order by s.id limit $3::int8 + 1)
  union all
  (select 4, k.id, 0, '0', 0, row_to_json(item)
   from person join api_keys k on k.user_id = person.id, lateral (
     select k.id, k.name, k.prefix, k.scopes, k.created_at, k.expires_at, k.last_used_at
   ) as item
   where $4::text::int <= 4 and k.id > case when $4::text::int = 4 then $5::text::uuid else '00000000-0000-0000-0000-000000000000' end
   order by k.id limit $3::int8 + 1)
  union all
  (select 5, r.id, 0, '0', 0, row_to_json(item)
   from person join password_resets r on r.user_id = person.id, lateral (select r.id, r.created_by, r.created_at, r.expires_at, r.used_at) as item
   where $4::text::int <= 5 and r.id > case when $4::text::int = 5 then $5::text::uuid else '00000000-0000-0000-0000-000000000000' end
   order by r.id limit $3::int8 + 1)
  union all
  (select 6, t.id, 0, '0', 0, row_to_json(item)
   from me, person, lateral (
     select id from tickets where caller_id = person.id and id > case when $4::text::int = 6 then $5::text::uuid else '00000000-0000-0000-0000-000000000000' end
     union select id from tickets where opened_by = person.id and opened_by <> caller_id and id > case when $4::text::int = 6 then $5::text::uuid else '00000000-0000-0000-0000-000000000000' end
     union select id from tickets where assigned_to = person.id and id > case when $4::text::int = 6 then $5::text::uuid else '00000000-0000-0000-0000-000000000000' end
     union select ticket_id from watchers where user_id = person.id and ticket_id > case when $4::text::int = 6 then $5::text::uuid else '00000000-0000-0000-0000-000000000000' end
   ) as theirs join tickets t on t.id = theirs.id, lateral (
     select t.id, t.number, t.short_description, t.description, t.state, t.category, t.subcategory, t.location, t.close_code, t.close_notes,
            t.custom, t.opened_at, t.resolved_at, t.closed_at, t.caller_id = person.id as caller, t.opened_by = person.id as opener,
            t.assigned_to is not distinct from person.id as assignee,
            exists (select from watchers w where w.ticket_id = t.id and w.user_id = person.id) as watcher
   ) as item
   where $4::text::int <= 6 and sees(me.id, me.role, t.id, t.caller_id, t.restricted_to)
   order by t.id limit $3::int8 + 1)
  union all
  (select 7, c.id, 0, '0', 0, row_to_json(item)
   from me, person join comments c on c.author_id = person.id and c.visibility = 'public' join tickets t on t.id = c.ticket_id,
        lateral (select c.id, c.ticket_id, t.number, c.body, c.created_at) as item
   where $4::text::int <= 7 and c.id > case when $4::text::int = 7 then $5::text::uuid else '00000000-0000-0000-0000-000000000000' end
     and sees(me.id, me.role, t.id, t.caller_id, t.restricted_to)
   order by c.id limit $3::int8 + 1)
  union all
  (select 8, null, e.epoch, e.xact, e.seq, row_to_json(item)
   from me, person join events e on e.actor_id = person.id left join tickets t on t.id = e.ticket_id,
        lateral (select e.seq, e.at, e.subject, e.ticket_id, t.number, e.verb, e.version) as item
   where $4::text::int <= 8 and (e.epoch, e.xact, e.seq) > ($6::text::int, $7::text::xid8, $8::text::int8)
     and (e.visibility = 'public' or me.role <> 'requester')
     and (t.id is null or sees(me.id, me.role, t.id, t.caller_id, t.restricted_to))
   order by e.epoch, e.xact, e.seq limit $3::int8 + 1)
  union all
  (select 9, null, e.epoch, e.xact, e.seq, row_to_json(item)
   from person join events e on e.user_id = person.id and e.subject = 'user',
        lateral (select e.seq, e.at, e.actor_id, e.verb, e.changes, e.version) as item
   where $4::text::int < 9 or $4::text::int = 9 and (e.epoch, e.xact, e.seq) > ($6::text::int, $7::text::xid8, $8::text::int8)
   order by e.epoch, e.xact, e.seq limit $3::int8 + 1)
  union all
  (select 10, person.id, 0, '0', 0, json_object_agg(p.kind, json_build_object('in_app', p.in_app, 'email', p.email) order by p.kind)
   from person join notification_preferences p on p.user_id = person.id
   where $4::text::int < 10 group by person.id)
  union all
  (select 11, n.id, 0, '0', 0, row_to_json(item)
   from me, person join notifications n on n.user_id = person.id join tickets t on t.id = n.ticket_id,
        lateral (select n.id, n.ticket_id, t.number, n.kind, n.relation, n.created_at, n.read_at) as item
   where $4::text::int <= 11 and n.id > case when $4::text::int = 11 then $5::text::uuid else '00000000-0000-0000-0000-000000000000' end
     and (n.visibility = 'public' or me.role <> 'requester') and sees(me.id, me.role, t.id, t.caller_id, t.restricted_to)
   order by n.id limit $3::int8 + 1)
  union all
  (select 12, m.id, 0, '0', 0, row_to_json(item)
   from me, person join mails m on m.user_id = person.id join tickets t on t.id = m.ticket_id,
        lateral (select m.id, m.ticket_id, t.number, m.kind, m.message_id, m.state, m.refusal, m.created_at, m.ended_at) as item
   where $4::text::int <= 12 and m.id > case when $4::text::int = 12 then $5::text::uuid else '00000000-0000-0000-0000-000000000000' end
     and (m.visibility = 'public' or me.role <> 'requester') and sees(me.id, me.role, t.id, t.caller_id, t.restricted_to)
   order by m.id limit $3::int8 + 1)
), numbered as (
  select part, id, epoch, xact, seq, data, row_number() over (order by part, id, epoch, xact, seq) as position
  from piece order by part, id, epoch, xact, seq limit $3::int8 + 1
)
select case
  when me.role <> 'admin' and $2::text <> 'me' and $2::text::uuid <> me.id then '"forbidden"'
  else (
    select json_build_object(
      'next', (select json_build_array(part::text, coalesce(id::text, '00000000-0000-0000-0000-000000000000'), epoch::text, xact::text, seq::text)
               from numbered where position = $3::int8 and exists (select from numbered where position > $3::int8)),
      'items', coalesce((select json_agg(row_to_json(item) order by position) from numbered, lateral (
        select (array['profile', 'team', 'session', 'api_key', 'password_reset', 'ticket', 'comment', 'deed', 'account', 'preferences',
                      'notification', 'mail'])[part] as part, data
      ) as item where position <= $3::int8), '[]'))::text
    from person)
end
from me
