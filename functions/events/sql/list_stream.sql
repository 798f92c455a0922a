select json_build_object(
  'next', (select position from reached),
  'items', coalesce((
    select json_agg(json_build_object('position', json_build_array(epoch::text, xact::text, seen.seq::text), 'verb', seen.verb, 'event', row_to_json(item))
                    order by epoch, xact, seen.seq)
    from seen, lateral (
      select seen.seq, seen.at, seen.subject, seen.ticket_id, seen.number, seen.actor_id, seen.verb, seen.visibility,
             changes_shown(me.id, me.role, seen.changes) as changes, seen.version
    ) as item), '[]'))::text
from me
