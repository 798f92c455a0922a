-- Holds a claim for longer; no row where it is another's by now.
-- $1 job, $2 attempt, $3 seconds from now
select held::text from held($1::int8, $2::int8, $3::int8)
