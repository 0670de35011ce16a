import { LISTED_UP_TO } from './listed.js';

/**
 * The ordinal of the first message of the conversation `c` that is not before something: found by halving, as ordinals follow
 * positions, and times but for the clocks of several nodes.
 */
const firstNotBefore = (isBefore: string): string => `
  (with recursive halving as (
     select 1::bigint as low, c.last_seq + 1 as high
     union all
     select case when ${isBefore} then m.seq + 1 else h.low end, case when ${isBefore} then h.high else m.seq end
       from halving h join search.messages m on m.conversation_id = c.conversation_id and m.seq = (h.low + h.high) / 2
      where h.low < h.high)
   select low from halving where low >= high limit 1)`;

/** The clocks of nodes are taken to differ by less than this. */
const CLOCKS = `interval '10 minutes'`;

/**
 * Answers the ordinals of each conversation ($1) between which messages are looked for: those before a position ($2), and by
 * and large those of a time ($3, $4). Those that are in lists come block by block ($5 in each), with
 * the position of the newest.
 */
export const PLACES = {
  name: 'search.places',
  text: `
    with place as materialized (
      select c.conversation_id, ${LISTED_UP_TO} as listed,
             case when $3::timestamptz is null then 1 else ${firstNotBefore(`m.sent_at < $3 - ${CLOCKS}`)} end as low,
             least(case when $2::bigint is null then c.last_seq else ${firstNotBefore('m.sent_position < $2')} - 1 end,
                   case when $4::timestamptz is null then c.last_seq else ${firstNotBefore(`m.sent_at < $4 + ${CLOCKS}`)} - 1 end
             ) as high
        from search.conversations c where c.conversation_id = any ($1::uuid[])
    )
    select place.conversation_id as "conversationId", place.low::integer, place.high::integer, place.listed::integer, block.number as block, newest.sent_position as newest
      from place
      left join lateral generate_series(((place.low - 1) / $5)::integer, ((least(place.listed, place.high) - 1) / $5)::integer) as block (number)
             on least(place.listed, place.high) >= place.low
      left join lateral (select m.sent_position from search.messages m
                          where m.conversation_id = place.conversation_id
                            and m.seq = least((block.number + 1)::bigint * $5, place.listed, place.high) offset 0) newest on true
     where place.high >= place.low`,
};

/** A message ($1) that contains everything, by a sender and of a time where these are given. */
const matches = (words: string, sender: string, from: string, to: string): string => `
  m.text like all (${words}::text[]) and (${sender}::uuid is null or m.sender_id = ${sender})
  and (${from}::timestamptz is null or m.sent_at >= ${from}) and (${to}::timestamptz is null or m.sent_at < ${to})`;

/**
 * The newest messages of each conversation ($1) between two ordinals ($2, $3) that match, at most so many ($8) of each. It
 * has no name, so that it is planned for these words each time: a plan for any words sorts all messages first, which takes
 * three times as long where many match. They are read by their ordinals (`offset 0`): the index of senders has all messages of one.
 */
export const UNLISTED = `
    select place.n::integer, m.seq::integer, m.message_id as "messageId", m.sent_position as "sentPosition"
      from unnest($1::uuid[], $2::bigint[], $3::bigint[]) with ordinality as place (conversation_id, low, high, n)
     cross join lateral (select m.message_id, m.seq, m.sent_position
                           from (select * from search.messages u
                                  where u.conversation_id = place.conversation_id and u.seq between place.low and place.high
                                  order by u.seq desc offset 0) m
                          where ${matches('$4', '$5', '$6', '$7')}
                          limit $8) m`;

/** The lists of these grams ($3) in each block ($1, $2), by the number of the block in the question. */
export const LISTS = {
  name: 'search.lists',
  text: `
    select block.n::integer, g.gram, g.messages
      from unnest($1::uuid[], $2::integer[]) with ordinality as block (conversation_id, number, n)
     cross join lateral (select g.gram, g.messages from search.grams g
                          where g.conversation_id = block.conversation_id and g.block = block.number
                            and g.gram = any ($3::bigint[]) offset 0) g`,
};

/** The lists of grams in a range ($3 to $4), one behind the other, in each block ($1, $2), by the numbers of the block and of the range in the question. */
export const LISTS_IN_RANGES = {
  name: 'search.lists_in_ranges',
  text: `
    select block.n::integer, range.n::integer as range, g.messages
      from unnest($1::uuid[], $2::integer[]) with ordinality as block (conversation_id, number, n)
     cross join unnest($3::bigint[], $4::bigint[]) with ordinality as range (first, last, n)
     cross join lateral (select string_agg(g.messages, '') as messages from search.grams g
                          where g.conversation_id = block.conversation_id and g.block = block.number
                            and g.gram between range.first and range.last) g
     where g.messages is not null`,
};

/**
 * The same, where it takes long to compare a text: the newest messages of all first, until these many bytes ($9) are compared.
 * What comes behind them is not known, and neither is the first message that exceeds them, unless it is the very first.
 */
export const UNLISTED_IN_PART = {
  name: 'search.unlisted_in_part',
  text: `
    select m.message_id as "messageId", m.sent_position as "sentPosition", m.compared > $9 as "isUnknown"
      from (select u.*, coalesce(sum(octet_length(u.text)) over (order by u.sent_position desc rows between unbounded preceding and 1 preceding), 0) as compared
              from unnest($1::uuid[], $2::bigint[], $3::bigint[]) as place (conversation_id, low, high)
              join search.messages u on u.conversation_id = place.conversation_id and u.seq between place.low and place.high) m
     where case when m.compared > $9 then true else ${matches('$4', '$5', '$6', '$7')} end
     order by m.sent_position desc limit $8`,
};

/**
 * Says of messages ($1, $2) whether they match, in the order of the question. It ends behind so many bytes ($7) of text, but
 * not before the first message.
 */
export const CHECKED = {
  name: 'search.checked',
  text: `
    select m.sent_position as "sentPosition", coalesce(octet_length(m.text), 0) as bytes,
           case when ${matches('$3', '$4', '$5', '$6')} then m.message_id end as "messageId"
      from (select found.*, candidate.n,
                   coalesce(sum(octet_length(found.text)) over (order by candidate.n rows between unbounded preceding and 1 preceding), 0) as compared
              from unnest($1::uuid[], $2::bigint[]) with ordinality as candidate (conversation_id, seq, n)
             cross join lateral (select * from search.messages m
                                  where m.conversation_id = candidate.conversation_id and m.seq = candidate.seq offset 0) found) m
     where m.compared <= $7
     order by m.n`,
};
