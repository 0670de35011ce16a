-- Whom and what the events of some leaves concern: see docs/decisions/0058. Both tables are made again from the log where they are empty.
create table audit.subject_indexes (
  first_leaf bigint primary key,
  end_leaf   bigint not null,
  -- The roots of the buckets, 32 bytes each.
  roots      bytea not null
);
alter table audit.subject_indexes alter column roots set storage external;

create table audit.subject_buckets (
  first_leaf bigint not null references audit.subject_indexes on delete cascade,
  bucket     smallint not null,
  -- The labels, 32 bytes each, and the leaves of each.
  labels     bytea not null,
  leaves     json not null,
  primary key (first_leaf, bucket)
);
