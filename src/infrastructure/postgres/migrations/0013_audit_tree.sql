-- The Merkle tree over the log: see docs/decisions/0055.
create schema audit;

-- Its head. One node adds to it, under a lease; each addition names the size that it found, so that no two ever add to the same one.
create table audit.tree (
  only_row       boolean primary key default true check (only_row),
  size           bigint not null default 0,
  -- The position of the last leaf.
  position       bigint not null default 0,
  -- Null for the empty tree.
  root           bytea,
  holder         uuid,
  held_until     timestamptz,
  -- Why nothing is added any more: what was found does not fit the tree.
  halted_because text,
  halted_at      timestamptz
);
insert into audit.tree default values;

-- The hashes index × 256 to index × 256 + 255 of every eighth level, 32 bytes each; the last tile of a level has fewer.
create table audit.tiles (
  level  smallint not null,
  index  bigint not null,
  hashes bytea not null,
  primary key (level, index)
);
-- Hashes cannot be compressed: trying takes time at each addition.
alter table audit.tiles alter column hashes set storage external;

-- The positions of the leaves of a tile of level 0, 8 bytes each: a row for each leaf would be as large as the events themselves.
create table audit.leaves (
  tile           bigint primary key,
  first_position bigint not null unique,
  positions      bytea not null
);
