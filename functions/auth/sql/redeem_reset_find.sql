-- Whose reset this is, while it is good.
-- $1 hash of the token
select json_build_object('email', u.email)::text
from password_resets r join users u on u.id = r.user_id
where r.token_hash = $1::text and r.used_at is null and r.expires_at > now() and u.active
