-- What stands for a person's key where the person is not to be named; it goes with the key.
alter table security.person_keys
  add column reference uuid default gen_random_uuid(),
  -- When no page of the table held a destroyed key any more.
  add column purged_at timestamptz;
update security.person_keys set reference = null where wrapped is null;
create unique index person_keys_by_reference on security.person_keys (reference);
create index person_keys_to_purge on security.person_keys (destroyed_at) where wrapped is null and purged_at is null;

-- However a key is destroyed: with its reference left, the log would still tell whose it was.
create function security.forget_reference() returns trigger language plpgsql as $$
begin
  new.reference := null;
  new.destroyed_at := coalesce(new.destroyed_at, now());
  return new;
end $$;
create trigger forget_reference before update on security.person_keys
  for each row when (new.wrapped is null and old.wrapped is not null) execute function security.forget_reference();
