select json_build_object(
  'next', (select position from reached),
  'items', coalesce((
    select json_agg(row_to_json(item)) from (
      select seq, at, subject, ticket_id, number, actor_id, verb, visibility, changes_shown(me.id, me.role, changes) as changes, version
      from seen order by epoch, xact, seq
    ) as item), '[]'))::text
from me
