-- name: approval_look
-- params: domain text, candidate bytea, kind text, person text, request text
-- rows: known bool, name text, findings json, deployed bool, newer text, superseded bool, base bytea, revision text, author text, mine int8, again int8
-- roles: gateway
-- What an approval would be about. A source's newest commit waits while source.refused names it; what was applied waits until it is applied again.
with judged as (
	select v.*, s.kind as source_kind from verdict v left join source s on s.name = v.source
	where v.domain = $1 and v.candidate = $2 order by v.rev desc limit 1
), held as (
	select v.candidate, v.policy, v.surface, v.findings, s.observed_revision, r.author
	from source s
	cross join json_to_recordset(s.refused) as r (domain text, candidate text, policy text, surface text, author text)
	join verdict v on v.domain = $1 and v.candidate = decode(r.candidate, 'hex') and v.policy = decode(r.policy, 'hex')
		and v.surface = decode(r.surface, 'hex') and not v.allow
	where r.domain = $1
	order by v.created_at desc limit 1
), now_deployed as (
	select candidate from release_item where domain = $1 and until is null
), base as (
	select coalesce((select candidate from now_deployed), decode(repeat('00', 32), 'hex')) as candidate
), mine as (
	select a.id from approval a, base b
	where a.domain = $1 and a.candidate = $2 and a.base = b.candidate and a.kind = $3 and a.person = $4 and a.withdrawn_at is null
		and a.expires_at > clock_timestamp()
)
select j.domain is not null,
	coalesce(left(encode($2, 'hex'), 12) || '-' || left(encode(coalesce(w.policy, j.policy), 'hex'), 6) || '-'
		|| left(encode(coalesce(w.surface, j.surface), 'hex'), 6), ''),
	coalesce(w.findings, j.findings, '[]'), exists (select from now_deployed where candidate = $2), coalesce(encode(h.candidate, 'hex'), ''),
	w.candidate is null and coalesce(j.source_kind, 'git') = 'git', b.candidate,
	coalesce(w.observed_revision, j.revision, ''), coalesce(w.author, j.author, ''),
	coalesce((select id from mine), 0), coalesce((select id from approval where request = $5), 0)
from base b left join judged j on true left join held h on true left join held w on w.candidate = $2
