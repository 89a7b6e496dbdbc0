-- name: rollout_move
-- params: domain text[], skill text[], content bytea[], runtime bytea[], state text[], hold_ms int8[], attempt int4[], reason text[], message text[]
-- rows: none text
-- roles: control
with k as (
	select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9)
		k (domain, skill, content, runtime, state, hold_ms, attempt, reason, message)
), moved as (
	update rollout r set state = k.state, reason = k.reason, message = k.message,
		attempt = case when k.attempt < 0 then r.attempt else k.attempt end,
		entered_at = case when r.state = k.state and k.attempt < 0 then r.entered_at else clock_timestamp() end,
		hold_until = case when k.hold_ms > 0 then clock_timestamp() + k.hold_ms * interval '1 millisecond' end
	from k where r.domain = k.domain and r.skill = k.skill and r.content = k.content and r.runtime = k.runtime
		and r.until is null and r.slot = case when k.state = 'draining' then 'draining' else 'candidate' end
	returning 1
)
select aspora_expect((select count(*) from moved), cardinality($1), 'a slot is not live any more')::text
