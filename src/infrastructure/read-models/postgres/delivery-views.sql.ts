/** Answers what the tables say of each arrival: where its message was sent, and whether nothing tells of it yet. */
export const STATES = {
  name: 'deliveries.states',
  text: `
    select i.index::integer, m.sent_position as "sentPosition",
           m.message_id is not null and member.active and member.read_seq < m.seq and not exists (
             select from messages.deliveries d
              where d.conversation_id = m.conversation_id and d.user_id = member.user_id and d.seq >= m.seq) as "isNew"
      from unnest($1::uuid[], $2::uuid[]) with ordinality as i (user_id, message_id, index)
      left join messages.messages m on m.message_id = i.message_id
      left join messages.members member on member.conversation_id = m.conversation_id and member.user_id = i.user_id`,
};

/** The conversations in which nothing is unread are left out before their messages are looked at. */
export const UNREAD_UP_TO = {
  name: 'deliveries.unread_up_to',
  text: `
    select member.user_id as "userId", m.conversation_id as "conversationId", m.message_id as "messageId"
      from unnest($1::uuid[], $2::bigint[]) as i (user_id, position)
      join messages.members member on member.user_id = i.user_id and member.active
      join messages.conversations c on c.conversation_id = member.conversation_id and c.last_seq > member.read_seq
      cross join lateral (select m.conversation_id, m.message_id, m.seq from messages.messages m
                           where m.conversation_id = c.conversation_id and m.sent_position <= i.position
                           order by m.sent_position desc limit 1) m
     where m.seq > member.read_seq`,
};

export const DELIVERED_TO = {
  name: 'deliveries.delivered_to',
  text: `
    select d.conversation_id as "conversationId", d.seq::integer, d.message_id as "messageId", d.delivered_at as "deliveredAt"
      from messages.members member
      join messages.deliveries d on d.conversation_id = member.conversation_id and d.user_id = member.user_id
     where member.user_id = $1 and (d.conversation_id, d.seq) > ($2::uuid, $3::bigint)
     order by d.conversation_id, d.seq limit $4`,
};
