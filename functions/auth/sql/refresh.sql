-- Replaces a session's refresh token. The one just spent gets the same answer for 10 seconds; any older one was copied and ends the session.
-- One update, which sees the row as a rival left it: of twenty at once one replaces, and nineteen are told what it became.
-- $1 hash of the token's family, $2 hash of the token shown, $3 hash of its successor, $4 days to live, $5 user agent or null,
-- $6 the client's address or null
with renewed as (
  update sessions s set
    refresh_hash = case when s.refresh_hash = $2::text then $3::text else s.refresh_hash end,
    spent_hash = case when s.refresh_hash = $2::text then $2::text else s.spent_hash end,
    spent_at = case when s.refresh_hash = $2::text then now() else s.spent_at end,
    refreshed_at = case when s.refresh_hash = $2::text then now() else s.refreshed_at end,
    expires_at = case when s.refresh_hash = $2::text then now() + make_interval(days => $4::int8::int) else s.expires_at end,
    user_agent = case when s.refresh_hash = $2::text then $5::text else s.user_agent end,
    address = case when s.refresh_hash = $2::text then $6::text else s.address end,
    revoked_at = case when s.refresh_hash = $2::text or s.spent_hash = $2::text and s.spent_at > now() - interval '10 seconds' then null else now() end
  from users u
  where s.family = $1::text and s.revoked_at is null and s.expires_at > now() and u.id = s.user_id and u.active
  returning s.id, s.user_id, u.role, s.revoked_at is null and s.refresh_hash = $3::text as counts
)
select json_build_object('session', id, 'user', user_id, 'role', role)::text from renewed where counts
