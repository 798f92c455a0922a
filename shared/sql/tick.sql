-- A schedule's own job, one at a time.
-- $1 queue
select enqueue($1::text, 'tick', '{}', now())::text
