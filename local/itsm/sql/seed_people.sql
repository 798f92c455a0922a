-- The demonstration's people, teams and categories; what is there stays.
-- $1 hash of everybody's password
with person as (
  insert into users (id, email, name, role, password_hash)
  select md5('user ' || email)::uuid, email, name, role, $1::text
  from (values ('admin@example.com', 'Ada Admin', 'admin'), ('manager@example.com', 'Max Manager', 'manager'),
               ('agent@example.com', 'Agnes Agent', 'agent'), ('agent2@example.com', 'Arno Agent', 'agent'),
               ('auditor@example.com', 'Aud Auditor', 'auditor'),
               ('requester@example.com', 'Rita Requester', 'requester'), ('requester2@example.com', 'Rolf Requester', 'requester')) as p(email, name, role)
  on conflict do nothing
), team as (
  insert into teams (id, name) select md5('team ' || name)::uuid, name from unnest(array['Service Desk', 'Network', 'Workplace']) as name
  on conflict do nothing
), member as (
  insert into team_members (team_id, user_id)
  select md5('team ' || team)::uuid, md5('user ' || email)::uuid
  from (values ('Service Desk', 'agent@example.com'), ('Network', 'agent2@example.com'), ('Workplace', 'agent@example.com')) as m(team, email)
  on conflict do nothing
), category as (
  insert into categories (name) select unnest(array['Network', 'Hardware', 'Software', 'Account'])
  on conflict do nothing
)
insert into subcategories (category, name)
values ('Network', 'VPN'), ('Network', 'Wi-Fi'), ('Hardware', 'Laptop'), ('Hardware', 'Printer'), ('Software', 'E-mail'), ('Account', 'Password')
on conflict do nothing
