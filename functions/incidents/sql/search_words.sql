-- What was searched for with each word that no ticket has ever held replaced by the one that is most like it, or nothing if none is replaced.
-- $1 session, $2 what was searched for
with me as (select id from callers where session_id = $1::text::uuid),
typed as (
  select word, at, exists (select from search_words known where known.word = typed.word) as is_known
  from unnest(regexp_split_to_array(lower($2::text), '[^[:alnum:]]+')) with ordinality as typed(word, at)
  where word <> ''
  limit 16
), meant as materialized (
  select typed.word as typed, at, case when is_known or length(word) not between 4 and 40 then word else coalesce((
    select known.word from search_words known where known.word % typed.word order by similarity(known.word, typed.word) desc, known.word limit 1), word) end as word
  from typed
)
select (select to_json(string_agg(word, ' ' order by at))::text from meant having bool_or(word <> typed)) from me
