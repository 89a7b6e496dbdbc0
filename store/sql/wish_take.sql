-- name: wish_take
-- params: id text, by text, epoch int8, again bool
-- rows: attempts int4
-- roles: sync
-- No row: it is not open any more.
update inbox set state = 'taken', taken_by = $2, taken_epoch = $3, attempts = attempts + case when $4 then 0 else 1 end
where id = $1 and (state = 'pending' or (state = 'taken' and taken_epoch <= $3))
returning attempts
