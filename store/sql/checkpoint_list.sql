-- name: checkpoint_list
-- params: from int8, to int8
-- rows: rev int8, record text, signer bytea, signature bytea, hash bytea
-- roles: sync, gateway
-- Beside each what the chain says now (null when it has been compacted away).
select c.rev, c.record, c.signer, c.signature,
	coalesce((select r.hash from revision r where r.revision = c.rev), (select s.floor_hash from store s where s.floor = c.rev))
from checkpoint c where c.rev between $1 and $2 order by c.rev
