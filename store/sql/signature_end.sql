-- name: signature_end
-- params: source text, revision text
-- roles: sync
update signature set until = aspora_rev() where source = $1 and revision = $2 and until is null
