-- name: instance_find
-- params: id text
-- rows: id text, domain text, skill text, content bytea, runtime bytea, replica int4, attempt int4, state text, host text, boot_id text, driver text, isolation text, identity text, pid int4, start_ticks int8, cause text, reason text, message text, epoch int8, rev int8, created timestamptz, ready timestamptz, ended timestamptz
-- roles: runner, control, gateway
select i.id, i.domain, i.skill, i.content, i.runtime, i.replica, i.attempt, i.state, i.host, i.boot_id, i.driver, i.isolation, i.identity, i.pid,
	i.start_ticks, i.cause, i.reason, i.message, i.epoch, i.rev, i.created_at, i.ready_at, i.ended_at
from instance i where i.id = $1
