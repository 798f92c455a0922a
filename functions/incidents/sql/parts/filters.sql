    -- $3 open or over, $4 a state, $5 states, $6 and $7 the first and the last priority, $8 priorities, $9 assignee or `me`, $10 no assignee,
    -- $11 team, $12 no team, $13 the caller's teams, $14 caller or `me`, $15 category, $16 channel, $17 major, $18 parent's id or number,
    -- $19 no parent, and one that the caller does not see is none, $20 to $25 opened, updated and resolved from and before, $26 a search,
    -- $27 how the number begins, $28 `breached` or `due_soon`; each may be null, and a condition on a null is left out
    -- before the statement is sent (shared/src/db/native/asked.rs).
    -- Sets are looked for in a text: the planner takes that for one row in three and walks along the order; it would take an equality for a rare
    -- one although open ones have an index of their own, and sort all of them.
    and ($3::bool is null or case when $3::bool then t.state in ('new', 'in_progress', 'on_hold', 'resolved') else t.state in ('closed', 'canceled') end)
    and ($4::text is null or t.state = $4::text)
    and ($5::text is null or strpos($5::text, t.state) > 0)
    and ($6::int8 is null or t.priority >= $6::int8::smallint)
    and ($7::int8 is null or t.priority <= $7::int8::smallint)
    and ($8::text is null or strpos($8::text, t.priority::text) > 0)
    and ($9::text is null or t.assigned_to = case when $9::text <> 'me' then $9::text::uuid else
--: asker
    end)
    and ($10::bool is null or t.assigned_to is null)
    and ($11::text is null or t.assignment_group = $11::text::uuid)
    and ($12::bool is null or t.assignment_group is null)
    and ($13::bool is null or t.assignment_group in (select team_id from team_members where user_id = asking($1::text::uuid)))
    and ($14::text is null or t.caller_id = case when $14::text <> 'me' then $14::text::uuid else
--: asker
    end)
    and ($15::text is null or t.category = $15::text)
    and ($16::text is null or t.channel = $16::text)
    and ($17::bool is null or t.major = $17::bool)
    and ($18::text is null or t.parent_id = (select shown(me.id, me.role, ticket_id($18::text)) from me))
    and ($19::bool is null or t.parent_id is null or shown((select id from me), (select role from me), t.parent_id) is null)
    and ($20::text is null or t.opened_at >= $20::text::timestamptz)
    and ($21::text is null or t.opened_at < $21::text::timestamptz)
    and ($22::text is null or t.updated_at >= $22::text::timestamptz)
    and ($23::text is null or t.updated_at < $23::text::timestamptz)
    and ($24::text is null or t.resolved_at >= $24::text::timestamptz)
    and ($25::text is null or t.resolved_at < $25::text::timestamptz)
    and ($26::text is null or t.search @@ search_query($26::text))
    and ($27::text is null or t.number like $27::text || '%')
    and ($28::text is null or $28::text <> 'breached'
         or t.id = any (array(select s.ticket_id from ticket_slas s join slas d on d.id = s.sla_id
                                where d.type = 'sla' and s.breached_at is not null and s.stage <> 'canceled')))
    and ($28::text is null or $28::text <> 'due_soon'
         or t.id = any (array(select s.ticket_id from ticket_slas s join slas d on d.id = s.sla_id
                                where d.type = 'sla' and s.stage = 'in_progress' and s.due_at between now() and now() + interval '1 hour')))
