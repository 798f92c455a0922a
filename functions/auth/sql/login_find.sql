-- The active user of an address.
-- $1 e-mail address in lower case
select row_to_json(found)::text from (select id, password_hash from users where email = $1::text and active) as found
