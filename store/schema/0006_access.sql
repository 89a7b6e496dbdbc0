-- Who may what. Each role has the grants that its goal implies (ARCHITECTURE.md) and no more; this contains bugs.

grant usage on schema aspora to aspora_sync, aspora_runner, aspora_control, aspora_gateway, aspora_reporter;
grant select on all tables in schema aspora to aspora_sync, aspora_runner, aspora_control, aspora_gateway, aspora_reporter;
-- Nobody but the gateway (which checks them) and control (which retires them) has a use for keys.
revoke select on key from aspora_sync, aspora_runner, aspora_reporter;

-- The log, for everyone who writes state.
grant update (rev, hash) on store to aspora_sync, aspora_runner, aspora_control, aspora_gateway;
grant insert on revision, change to aspora_sync, aspora_runner, aspora_control, aspora_gateway;
grant insert, update on lease to aspora_sync, aspora_runner, aspora_control, aspora_reporter;
grant insert, update on event to aspora_sync, aspora_runner, aspora_control, aspora_gateway, aspora_reporter;
grant insert on blob to aspora_sync, aspora_runner, aspora_gateway;
grant update (seen_at) on blob to aspora_sync, aspora_runner, aspora_gateway;

grant insert, update on source, domain, release_item, desired, platform, overlay, quarantine, suspension, inbox to aspora_sync;
grant insert on version, context, verdict, release to aspora_sync;

grant insert, update on rollout, route, route_version, quarantine to aspora_control;
grant insert, update on execution to aspora_control;
grant insert on execution_step to aspora_control;
grant update (until, ended_by) on suspension to aspora_control;
grant insert on inbox, inbox_file to aspora_control;
grant update (floor, floor_hash) on store to aspora_control;
grant delete on revision, change, blob, event, execution, execution_step, instance, inbox, inbox_file, delivery, key, rollout to aspora_control;

grant insert, update on instance to aspora_runner;
grant update on execution to aspora_runner;
grant insert, update on spend to aspora_runner, aspora_control;
grant delete on spend to aspora_control;
grant insert on execution, execution_step to aspora_runner;

grant insert on inbox, inbox_file, delivery, posted_check, execution, execution_step, key to aspora_gateway;
grant update on posted_check, key to aspora_gateway;
grant update (state, error, ended_at, cancel_requested, cancelled_by, unlogged) on execution to aspora_gateway;
grant update (request_token) on source to aspora_gateway;

-- Row-level security: the gateway sees the domains of the session setting aspora.domains; the others see all.
do $$
declare
	t text;
begin
	foreach t in array array['change', 'version', 'verdict', 'release_item', 'desired', 'overlay', 'quarantine', 'suspension',
		'rollout', 'instance', 'route', 'route_version', 'execution', 'spend', 'inbox', 'posted_check', 'event']
	loop
		execute format('alter table %I enable row level security', t);
		execute format('create policy roles on %I to aspora_sync, aspora_runner, aspora_control, aspora_reporter using (true) with check (true)', t);
		execute format('create policy gateway on %I to aspora_gateway using (aspora_sees(domain)) with check (aspora_sees(domain))', t);
	end loop;
end $$;
alter table domain enable row level security;
create policy roles on domain to aspora_sync, aspora_runner, aspora_control, aspora_reporter using (true) with check (true);
create policy gateway on domain to aspora_gateway using (aspora_sees(name));

-- Large values compress 1.8 times faster with lz4, where the server was built with it (PostgreSQL 14 on).
do $$
declare
	a record;
begin
	for a in select c.relname, t.attname from pg_attribute t join pg_class c on c.oid = t.attrelid
		where c.relnamespace = 'aspora'::regnamespace and c.relkind = 'r' and t.attnum > 0 and t.attstorage = 'x'
	loop
		execute format('alter table %I alter column %I set compression lz4', a.relname, a.attname);
	end loop;
exception when others then
	null;
end $$;
