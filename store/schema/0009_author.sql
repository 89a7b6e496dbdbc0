-- Who made the change, beside who wrote it down.

alter table release add column author text not null default '';
comment on column release.author is 'Of the commit, "Ana <ana@example.com>", as Git has it and nobody has checked; empty where the actor is the author.';

create function aspora_route_name(skill text, kind text, pattern text) returns text language sql immutable as $$
	select skill || '.' || kind || '.' || left(trim('-' from regexp_replace(lower(pattern), '[^a-z0-9]+', '-', 'g')), 48)
		|| '-' || left(md5(pattern), 6)
$$;
comment on function aspora_route_name(text, text, text) is
	'"order-details.command.order-status-order-id-1a2b3c": the pattern as far as a person types it without quotes, and what tells it from others alike.';
