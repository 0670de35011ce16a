-- The keys that seal the personal data of people in the log: each wrapped by MASTER_KEY, and destroyed with its person.
create table security.person_keys (
  user_id      uuid primary key,
  -- Null once it has been destroyed: the row stays, so that no new key is made for somebody who was erased.
  wrapped      bytea,
  -- Which master key it is wrapped by.
  master_key   text,
  destroyed_at timestamptz
);
create index person_keys_by_master_key on security.person_keys (master_key) where wrapped is not null;

alter table security.key_ring add column master_key text;
