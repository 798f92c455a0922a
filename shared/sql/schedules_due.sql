-- Schedules whose time has come, and what time it is: the database's clock is everybody's.
select json_build_object('now', now(), 'due', coalesce(json_agg(json_build_object(
  'name', name, 'cron', cron, 'timezone', timezone, 'next_run_at', next_run_at)), '[]'))::text
from schedules where next_run_at <= now()
