-- name: txn_outcome
-- params: pid int4, token bytea
-- rows: running bool, rev int8
-- roles: sync, runner, control, gateway
-- Did the transaction with this token happen? Only certain once its backend is gone.
select exists (select from pg_stat_activity where pid = $1 and datname = current_database()),
	(select revision from revision where token = $2)
