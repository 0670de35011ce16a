alter table security.person_keys
  -- When every read model was seen to have forgotten the erased user.
  add column forgotten_at timestamptz,
  -- When the tables of read models held no dead version of that user's rows any more.
  add column cleared_at timestamptz;

drop index security.person_keys_to_purge;
create index person_keys_to_purge on security.person_keys (destroyed_at)
 where wrapped is null and (purged_at is null or cleared_at is null);

-- Writing tables anew keeps their readers waiting: it is not done again before this time, by whichever node.
alter table security.erasures add column purge_after timestamptz;
