-- How often something was begun and its end never written, so that what ends sync each time does not do it for ever.

alter table inbox add column attempts integer not null default 0 check (attempts >= 0);
comment on column inbox.attempts is 'How many times sync began to carry it out; each time counts that the process did not live to see fail.';

alter table source
	add column try_revision text not null default '',
	add column try_token bigint not null default 0,
	add column tries integer not null default 0 check (tries >= 0);
comment on column source.tries is 'How many processes began a pass over try_revision, for the request try_token, and wrote no end of it; 0 once one was written.';
