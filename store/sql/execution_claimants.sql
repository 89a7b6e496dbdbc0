-- name: execution_claimants
-- params: prefix text
-- rows: by text
-- roles: runner
select distinct claimed_by from execution
where state in ('claimed', 'running') and claimed_until > clock_timestamp() and starts_with(claimed_by, $1)
