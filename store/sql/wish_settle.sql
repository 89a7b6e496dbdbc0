-- name: wish_settle
-- params: id text, result json, error json
-- rows: none text
-- roles: sync
-- A failed one keeps its report, which says what was wrong; {} is none.
with u as (
	update inbox set state = case when $3 is null then 'done' else 'failed' end, result = case when $3 is null or $2::text <> '{}' then $2 end, error = $3,
		handled_at = clock_timestamp()
	where id = $1 and state in ('pending', 'taken')
	returning 1
), n as (
	select count(*) as n from u
)
select aspora_expect(n.n, 1, 'the wish ' || $1 || ' has been handled already')::text from n
where pg_notify('aspora', '') is not null
