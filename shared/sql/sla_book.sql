-- All that clocks are computed with, and the version of it.
select json_build_object(
  'version', b.version,
  'definitions', coalesce((select json_agg(item order by item.position, item.id) from (
    select id, name, type, metric, conditions, goal, calendar_id, active, version, position from slas) as item), '[]'),
  'calendars', coalesce((select json_agg(item) from (
    select c.id, c.version, c.time_zone, z.data as zone, c.hours, c.holidays, c.overrides
    from calendars c join time_zones z on z.name = c.time_zone where exists (select from slas where calendar_id = c.id)) as item), '[]'),
  'priorities', (select json_agg(json_build_array(impact, urgency, priority)) from priorities))::text
from sla_book b
