-- name: version_find
-- params: domain text, skill text, content bytea, runtime bytea
-- rows: role text, title text, description text, handler text, manifest json, triggers json, spec json
-- roles: sync, runner, control, gateway, reporter
select role, title, description, handler, manifest, triggers, spec
from version where domain = $1 and skill = $2 and content = $3 and runtime = $4
