export const FORGET = 'delete from audit.subject_indexes where first_leaf = $1';

export const KEEP = 'insert into audit.subject_indexes (first_leaf, end_leaf, roots) values ($1, $2, $3)';

export const KEEP_BUCKETS = `
  insert into audit.subject_buckets (first_leaf, bucket, labels, leaves)
  select $1, bucket, labels, leaves::json from unnest($2::smallint[], $3::bytea[], $4::text[]) as b (bucket, labels, leaves)`;

export const FIND = {
  name: 'audit.find_subject_bucket',
  text: `
    select i.roots, b.labels, b.leaves from audit.subject_indexes i
      left join audit.subject_buckets b on b.first_leaf = i.first_leaf and b.bucket = $3
     where i.first_leaf = $1 and i.end_leaf = $2`,
};
