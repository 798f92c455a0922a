-- The priority matrix.
select coalesce(json_agg(json_build_object('impact', impact, 'urgency', urgency, 'priority', priority)), '[]')::text from priorities
