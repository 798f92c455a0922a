-- The active user of an address, and the seconds to wait before the password may be looked at; 0 counts the attempt (`login_attempt`).
-- $1 e-mail address in lower case, $2 the client's network, $3 the client's address or null
with found as (select id, password_hash from users where email = $1::text and active),
familiar as (select exists (select from sessions s, found where s.user_id = found.id and s.address = $3::text) as here)
select json_build_object('wait', login_attempt($1::text, $2::text, familiar.here), 'id', (select id from found),
                         'password_hash', (select password_hash from found))::text
from familiar
