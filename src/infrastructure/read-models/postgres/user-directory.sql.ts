const PROFILE = `p.user_id as "userId", p.username, p.display_name as "displayName", p.bio,
                 p.avatar_media_id as "avatarMediaId"`;

export const OWN_PROFILE = {
  name: 'users.own_profile',
  text: `select ${PROFILE}, email, email_verified as "emailVerified", roles, created_at as "createdAt"
           from users.people p where user_id = $1 and erased_at is null`,
};

export const SETTINGS = {
  name: 'users.settings',
  text: `select read_receipts as "readReceipts", presence, locale, notifications
           from users.people where user_id = $1 and erased_at is null`,
};

export const PROFILES = {
  name: 'users.profiles',
  text: `select ${PROFILE} from users.people p where user_id = any ($1)`,
};

export const WITHOUT_RECEIPTS = {
  name: 'users.without_receipts',
  text: 'select user_id as "userId" from users.people where user_id = any ($1) and not read_receipts',
};

/** Lists users after a username key ($1), with terms between a prefix and its end ($2 and $3). */
export const SEARCH = {
  name: 'users.search',
  text: `
    select ${PROFILE}, p.username_key
      from users.people p
     where p.username_key > $1 and p.erased_at is null
       and p.user_id in (select t.user_id from users.search_terms t where t.term >= $2 and t.term < $3)
     order by p.username_key limit $4`,
};

export const RELATED = {
  name: 'users.related',
  text: `
    select ${PROFILE}, p.username_key
      from users.relations r join users.people p on p.user_id = r.other_id
     where r.user_id = $1 and r.kind = $2 and p.username_key > $3
     order by p.username_key limit $4`,
};
