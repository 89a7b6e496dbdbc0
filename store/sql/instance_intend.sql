-- name: instance_intend
-- params: epoch int8, id text[], domain text[], skill text[], content bytea[], runtime bytea[], replica int4[], attempt int4[], host text[], boot_id text[], driver text[], isolation text[], identity text[]
-- roles: runner
insert into instance (id, domain, skill, content, runtime, replica, attempt, host, boot_id, driver, isolation, identity, state, epoch, rev)
select u.*, 'starting', $1, aspora_rev()
from unnest($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) u
