      -- what the caller's teams alone see, of those where a team that is asked for has any: the others would be passed to their ends in vain
      select asked.room from me, unnest(me.rooms) as asked(room)
      where ($11::text is null or asked.room = $11::text::uuid
             or exists (select from tickets g where g.restricted_to = asked.room and g.restricted_to <> g.assignment_group and g.assignment_group = $11::text::uuid))
        and ($13::bool is null or asked.room in (select team_id from team_members where user_id = me.id)
             or exists (select from tickets g where g.restricted_to = asked.room and g.restricted_to <> g.assignment_group
                                                and g.assignment_group in (select team_id from team_members where user_id = me.id)))
      offset 0
