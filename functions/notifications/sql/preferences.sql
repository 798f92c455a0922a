-- What the caller wants to hear of, by kind, in the order of the table.
-- $1 session, $2 the defaults: [{kind, relation, in_app, email}]
with me as (select id from callers where session_id = $1::text::uuid),
kind as (
  select kind, min(position) as position,
         json_agg(json_build_object('relation', relation, 'in_app', in_app, 'email', email) order by position) as by_default
  from rows from (jsonb_to_recordset($2::text::jsonb) as (kind text, relation text, in_app boolean, email boolean))
    with ordinality as line(kind, relation, in_app, email, position)
  group by kind
)
select (
  select json_object_agg(kind.kind, json_build_object('in_app', p.in_app, 'email', p.email, 'by_default', by_default) order by position)::text
  from kind left join notification_preferences p on p.user_id = me.id and p.kind = kind.kind
)
from me
