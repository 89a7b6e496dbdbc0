-- name: execution_log
-- params: limit int8
-- rows: id text, domain text, skill text, state text, mode text, attempt int4, requested_by text, cancelled_by text
-- roles: control
with o as (
	select id from execution where unlogged order by created_at limit $1 for update skip locked
)
update execution e set unlogged = false from o where e.id = o.id
returning e.id, e.domain, e.skill, e.state, e.mode, e.attempt, e.requested_by, e.cancelled_by
