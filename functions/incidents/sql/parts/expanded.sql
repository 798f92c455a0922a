      -- small objects of what the incident names; the body names no parent that the caller may not see
      (left(row_to_json(body)::text, -1) || ',"expanded":' || json_strip_nulls(json_build_object(
        'caller', case when $2::text like '%,caller,%' then (select json_build_object('id', u.id, 'name', u.name) from users u where u.id = body.caller_id) end,
        'opened_by', case when $2::text like '%,opened_by,%' then (select json_build_object('id', u.id, 'name', u.name) from users u where u.id = body.opened_by) end,
        'assignee', case when $2::text like '%,assignee,%' then (select json_build_object('id', u.id, 'name', u.name) from users u where u.id = body.assigned_to) end,
        'group', case when $2::text like '%,group,%' then (select json_build_object('id', g.id, 'name', g.name) from teams g where g.id = body.assignment_group) end,
        'parent', case when $2::text like '%,parent,%' then (
          select json_build_object('id', p.id, 'number', p.number, 'short_description', p.short_description) from tickets p where p.id = body.parent_id) end,
        'sla', case when $2::text like '%,sla,%' then sla_rows(body.id, me.role) end
      ))::text || '}')::json
