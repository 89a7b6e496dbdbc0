-- name: verify_skills
-- params: domain text, after text, limit int8
-- rows: domain text, skill text, content bytea, manifest json, logged text, kept bool, allowed bool
-- roles: gateway
-- What is deployed, beside what the chain says was deployed: "domain/skill" after the one given, in order. kept: the change row has not been compacted away.
select d.domain, d.skill, d.content, v.manifest,
	coalesce((select c.object ->> 'content' from change c
		where c.revision = d.since and c.kind = 'Skill' and c.domain = d.domain and c.name = d.skill and c.object ->> 'release' is not null
		order by c.ord desc limit 1), ''),
	d.since > (select floor from store),
	exists (select from release_item i join verdict w using (domain, candidate, policy, surface)
		where i.release = d.release and i.domain = d.domain and w.allow)
from desired d join version v using (domain, skill, content, runtime)
where d.until is null and ($1 = '' or d.domain = $1) and (d.domain || '/' || d.skill) collate "C" > $2
order by (d.domain || '/' || d.skill) collate "C"
limit $3
