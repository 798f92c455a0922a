-- Changes what the caller wants to hear of, and answers all of it. Null is the default again.
-- $1 session, $2 {kind: null | {in_app?, email?}}, $3 the defaults: [{kind, relation, in_app, email}]
with me as (select id from callers where session_id = $1::text::uuid),
said as (
  -- of a kind that is null both ways are
  select key as kind, case when jsonb_typeof(value) = 'null' then '{"in_app": null, "email": null}' else value end as ways
  from jsonb_each($2::text::jsonb)
), preference as (
  insert into notification_preferences as p (user_id, kind, in_app, email)
  select me.id, said.kind, (ways ->> 'in_app')::boolean, (ways ->> 'email')::boolean from me, said
  on conflict (user_id, kind) do update set
    in_app = case when (select ways ? 'in_app' from said where said.kind = p.kind) then excluded.in_app else p.in_app end,
    email = case when (select ways ? 'email' from said where said.kind = p.kind) then excluded.email else p.email end
  returning *
), kind as (
  select kind, min(position) as position,
         json_agg(json_build_object('relation', relation, 'in_app', in_app, 'email', email) order by position) as by_default
  from rows from (jsonb_to_recordset($3::text::jsonb) as (kind text, relation text, in_app boolean, email boolean))
    with ordinality as line(kind, relation, in_app, email, position)
  group by kind
)
select (
  select json_object_agg(kind.kind, json_build_object(
    'in_app', case when said_now.kind is null then p.in_app else said_now.in_app end,
    'email', case when said_now.kind is null then p.email else said_now.email end, 'by_default', by_default) order by position)::text
  from kind
  left join preference said_now on said_now.kind = kind.kind
  left join notification_preferences p on p.user_id = me.id and p.kind = kind.kind
)
from me
