-- By what else an approver is known: commits name their author by an address, logins often by a number.

alter table approval add column address text not null default '';
comment on column approval.address is 'The address of the login that gave it, as far as its issuer has checked it; empty: not known, or a key.';
