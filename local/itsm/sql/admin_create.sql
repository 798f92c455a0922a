-- An administrator, new or made one. Existing sessions of an existing person end.
-- $1 id, $2 e-mail address, $3 name, $4 hash of the password
with person as (
  insert into users (id, email, name, role, password_hash)
  values ($1::text::uuid, $2::text, $3::text, 'admin', $4::text)
  on conflict (email) do update set role = 'admin', active = true, password_hash = excluded.password_hash, version = users.version + 1, updated_at = now()
  returning id
), ended as (
  update sessions set revoked_at = now() from person where user_id = person.id and revoked_at is null
)
select id::text from person
