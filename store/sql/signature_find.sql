-- name: signature_find
-- params: source text, revision text
-- rows: state text, kind text, signer text, key text, detail text
-- roles: sync, control, gateway, reporter
select state, kind, signer, key, detail from signature where source = $1 and revision = $2 and until is null
