-- The desk's settings.
-- $1 session
with me as (select id from callers where session_id = $1::text::uuid)
select (
  select row_to_json(body)::text from (
    select auto_close_days,
           (select json_agg(json_build_object('impact', impact, 'urgency', urgency, 'priority', priority) order by impact, urgency)
            from priorities) as priorities,
           version, updated_at
    from settings
  ) as body
)
from me
