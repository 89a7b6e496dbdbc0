-- name: wish_take
-- params: id text, by text, epoch int8
-- rows: none text
-- roles: sync
with u as (
	update inbox set state = 'taken', taken_by = $2, taken_epoch = $3
	where id = $1 and (state = 'pending' or (state = 'taken' and taken_epoch <= $3))
	returning 1
)
select aspora_expect((select count(*) from u), 1, 'the wish ' || $1 || ' is not open any more')::text
