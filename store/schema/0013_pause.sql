-- A rollout can be paused: the skill serves as it is, and control takes no step with what is wanted, until it is resumed.

alter table suspension drop constraint suspension_kind_check;
alter table suspension add constraint suspension_kind_check check (kind in ('Source', 'Domain', 'Skill', 'Rollout'));
comment on table suspension is 'A source, domain or skill that an operator holds as it is, or the rollout of a skill; expires by itself when asked to.';
