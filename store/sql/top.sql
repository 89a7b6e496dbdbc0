-- name: top
-- params: since timestamptz, domain text, by_domain bool, limit int8
-- rows: object json
-- roles: gateway
-- What ran since a time, by skill or by domain, the dearest first: how often, how it ended, how long it took, what it cost. Runs for tests and replays do not count.
with e as materialized (
	select domain, case when $3 then '' else skill end as skill, state, cost_microusd,
		(extract(epoch from ended_at - coalesce(started_at, created_at)) * 1000)::double precision as took
	from execution
	where created_at >= $1 and mode = 'live' and ($2 = '' or domain = $2)
), t as (
	select domain, skill, count(*) as runs, count(*) filter (where state = 'succeeded') as succeeded, count(*) filter (where state = 'failed') as failed,
		count(*) filter (where state = 'cancelled') as cancelled, sum(cost_microusd)::bigint as cost,
		percentile_cont(0.5) within group (order by took) filter (where state in ('succeeded', 'failed')) as p50,
		percentile_cont(0.95) within group (order by took) filter (where state in ('succeeded', 'failed')) as p95
	from e group by domain, skill
)
select json_build_object(
	'metadata', case when $3 then json_build_object('name', domain) else json_build_object('domain', domain, 'name', skill) end,
	'status', json_build_object('runs', runs, 'succeeded', succeeded, 'failed', failed, 'cancelled', cancelled,
		'open', runs - succeeded - failed - cancelled, 'costMicrousd', cost, 'p50Ms', round(p50)::bigint, 'p95Ms', round(p95)::bigint,
		'acceptMillionths', case when succeeded + failed > 0 then succeeded * 1000000 / (succeeded + failed) end))
from t order by cost desc, runs desc, domain, skill limit $4
