-- name: desired_set
-- params: release int8, domain text[], skill text[], content bytea[], runtime bytea[], context bytea[], tree bytea[], concurrency int4[], per_minute int4[], per_run int8[], per_day int8[], timeout_ms int8[]
-- roles: sync
with i as (
	select * from unnest($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
		i (domain, skill, content, runtime, context, tree, concurrency, per_minute, per_run, per_day, timeout_ms)
), closed as (
	update desired o set until = aspora_rev() from i where o.domain = i.domain and o.skill = i.skill and o.until is null
	returning o.domain, o.skill, o.uid, o.generation, o.created_at
)
insert into desired (domain, skill, content, runtime, context, tree, release, uid, generation, concurrency, per_minute,
	per_run_microusd, per_day_microusd, timeout_ms, since, created_at)
select i.domain, i.skill, i.content, i.runtime, i.context, i.tree, $1, coalesce(c.uid, gen_random_uuid()),
	coalesce(c.generation, 0) + 1, i.concurrency, i.per_minute, i.per_run, i.per_day, i.timeout_ms, aspora_rev(),
	coalesce(c.created_at, now())
from i left join closed c using (domain, skill)
