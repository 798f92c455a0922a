-- The caller's password hash, and the seconds to wait before a password may be compared with it; 0 counts the attempt (`login_attempt`).
-- $1 session, $2 the client's network
with me as (select id, email from callers where session_id = $1::text::uuid)
select json_build_object('wait', login_attempt(me.email, $2::text, true), 'email', me.email, 'password_hash', u.password_hash)::text
from me join users u on u.id = me.id
