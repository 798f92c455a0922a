-- A company for the lifelike incidents: people, 40 teams of which three are restricted, categories. What is there stays.
-- $1 how many people, of whom one in fifty works tickets
with person as (
  insert into users (id, email, name, role)
  select md5('person ' || i)::uuid, 'person' || i || '@example.com',
         (array['Anna', 'Ben', 'Clara', 'David', 'Emma', 'Finn', 'Greta', 'Hannes', 'Ida', 'Jonas', 'Karin', 'Lukas', 'Marie', 'Noah', 'Olga', 'Paul', 'Rosa', 'Stefan', 'Tina', 'Uwe'])[1 + i % 20]
         || ' ' || (array['Smith', 'Müller', 'Jones', 'Schmidt', 'Taylor', 'Weber', 'Brown', 'Wagner', 'Evans', 'Becker', 'Wilson', 'Hoffmann', 'Walker', 'Koch', 'Wright', 'Richter', 'Hall', 'Klein', 'Green'])[1 + i / 20 % 19],
         case when i <= 2 then 'manager' when i = 3 then 'auditor' when i <= $1::int8 / 50 then 'agent' else 'requester' end
  from generate_series(0, $1::int8 - 1) as i
  union all
  select md5('user monitoring@example.com')::uuid, 'monitoring@example.com', 'Monitoring', 'agent'
  on conflict do nothing
), team as (
  insert into teams (id, name, restricted)
  select md5('team ' || name)::uuid, name, at > 37
  from unnest(array['Service Desk', 'Network', 'Workplace', 'Windows', 'Linux', 'Databases', 'Storage', 'Backup', 'Mail', 'Telephony',
                    'Printing', 'Identity', 'Firewall', 'Cloud', 'Virtualisation', 'Mobile', 'Video', 'Intranet', 'Web Shop', 'ERP',
                    'CRM', 'Logistics', 'Warehouse', 'Production', 'Laboratory', 'Quality', 'Finance Systems', 'Data Warehouse', 'Reporting', 'Integration',
                    'Mainframe', 'Archive', 'Licences', 'Procurement', 'Facilities', 'Site North', 'Site South', 'Human Resources', 'Security', 'Payroll'])
       with ordinality as t(name, at)
  on conflict do nothing
), member as (
  -- who works tickets is in one team; a few are in a restricted one as well
  insert into team_members (team_id, user_id)
  select md5('team ' || name)::uuid, md5('person ' || i)::uuid
  from unnest(array['Service Desk', 'Network', 'Workplace', 'Windows', 'Linux', 'Databases', 'Storage', 'Backup', 'Mail', 'Telephony',
                    'Printing', 'Identity', 'Firewall', 'Cloud', 'Virtualisation', 'Mobile', 'Video', 'Intranet', 'Web Shop', 'ERP',
                    'CRM', 'Logistics', 'Warehouse', 'Production', 'Laboratory', 'Quality', 'Finance Systems', 'Data Warehouse', 'Reporting', 'Integration',
                    'Mainframe', 'Archive', 'Licences', 'Procurement', 'Facilities', 'Site North', 'Site South', 'Human Resources', 'Security', 'Payroll'])
       with ordinality as t(name, at), generate_series(4, $1::int8 / 50) as i
  where i % 40 = at - 1
  on conflict do nothing
), category as (
  insert into categories (name)
  values ('Network'), ('Hardware'), ('Software'), ('Account'), ('Telephony'), ('Database'), ('Security'), ('Printing'), ('Personnel'), ('Fleet')
  on conflict do nothing
)
insert into subcategories (category, name)
values ('Network', 'VPN'), ('Network', 'Wi-Fi'), ('Hardware', 'Laptop'), ('Hardware', 'Screen'), ('Software', 'E-mail'), ('Software', 'Office'),
       ('Account', 'Password'), ('Printing', 'Toner')
on conflict do nothing
