-- Moves the sequence of incident numbers past a log's highest, and never back. Step by step where the way is short: somebody may
-- take numbers meanwhile, and a number is not given twice. Where it is long, nobody gets there in the time of one statement.
-- $1 the highest
with sequence as (
  select coalesce(pg_sequence_last_value('incident_number'), 0) as last
)
select coalesce(case
  when $1::text::int8 <= last then last
  when $1::text::int8 - last <= 100000 then (select max(nextval('incident_number')) from generate_series(1, $1::text::int8 - last))
  else setval('incident_number', $1::text::int8)
end, 0)::text
from sequence
