-- name: rollback_contents
-- params: domain text, skill text, target int8
-- rows: content bytea
-- roles: sync, gateway
select distinct d.content from desired d
where d.domain = $1 and d.skill = $2 and d.since > $3
	and d.content is distinct from (select t.content from desired t where t.domain = $1 and t.skill = $2 and t.since <= $3
		and (t.until is null or t.until > $3))
order by 1
