-- Keys of the server's own, each wrapped by MASTER_KEY.
create schema security;

create table security.key_ring (
  name       text primary key,
  wrapped    bytea not null,
  created_at timestamptz not null default now()
);
