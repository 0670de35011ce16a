import { grouped } from '../../../application/kernel/grouped.js';
import type { RecentEvents, RecentProblem } from '../../../application/ports/projection-generations.js';
import { memberKey, type MessagesTables } from '../../../application/projections/messages-tables.js';
import type { Position } from '../../../domain/kernel/ids.js';
import { comparePositions, hasReached, laterOf } from '../../../domain/kernel/position.js';
import type { Documents } from '../../mongodb/documents.js';
import { recentOf } from '../../projections/recent-events.js';
import { LoadedMessages } from './loaded-messages.js';
import { recentConversations } from './recent-conversations.js';
import { stored } from './row-documents.js';

type Sent = ReturnType<typeof recentOf<'MessageSent'>>[number];

const sentProblems = ({ messages }: MessagesTables, sent: readonly Sent[]): RecentProblem[] =>
  sent.flatMap(({ messageId, conversationId, senderId, position }) => {
    const row = messages.get(messageId);
    if (!row) return [{ position, problem: `message ${messageId} is missing` }];
    const isRight = row.conversationId === conversationId && row.senderId === senderId && row.sentPosition === position;
    return isRight ? [] : [{ position, problem: `message ${messageId} is not as it was sent` }];
  });

/** Counts the messages of a conversation that were sent between two positions, and looks at what stands around them. */
const conversationProblems = async (
  loaded: LoadedMessages,
  [first, ...rest]: readonly [Sent, ...Sent[]],
): Promise<RecentProblem[]> => {
  const { conversationId } = first;
  const last = rest.at(-1) ?? first;
  const head = loaded.tables.conversations.get(conversationId);
  if (!head) return []; // it is reported by itself
  const between = { $gte: stored(first.position), $lte: stored(last.position) };
  const there = await loaded.read('messages', { conversationId, sentPosition: between });
  const seqs = there.map(({ seq }) => seq).sort((one, other) => one - other);
  const before = { conversationId, sentPosition: { $lt: stored(first.position) } };
  const [earlier] = await loaded.read('messages', before, { sort: { sentPosition: -1 }, limit: 1 });
  const begin = (earlier?.seq ?? 0) + 1;
  const sent = rest.length + 1;
  return [
    ...(there.length === sent
      ? []
      : [
          {
            position: last.position,
            problem: `conversation ${conversationId} has ${there.length} messages where the log has ${sent}`,
          },
        ]),
    ...(seqs.every((seq, n) => seq === begin + n)
      ? []
      : [
          {
            position: first.position,
            problem: `conversation ${conversationId} has a hole behind ordinal ${begin - 1}`,
          },
        ]),
    ...(hasReached(head.lastMessagePosition, last.position)
      ? []
      : [{ position: last.position, problem: `conversation ${conversationId} does not count its newest message` }]),
  ];
};

/** A missing message is reported by itself. */
const changeProblems = ({ messages }: MessagesTables, newest: RecentEvents): RecentProblem[] => {
  const changed = (['MessageEdited', 'MessageDeleted'] as const).flatMap((type) => recentOf(newest, type));
  const last = new Map<string, Position>();
  for (const { messageId, position } of changed)
    last.set(messageId, laterOf(last.get(messageId) ?? position, position));
  return [...last].flatMap(([messageId, position]) => {
    const row = messages.get(messageId);
    return !row || hasReached(row.position, position)
      ? []
      : [{ position, problem: `what changed message ${messageId} is missing` }];
  });
};

/** Answers the events that say how far somebody has come, each with the key of its watermark; a missing message is reported by itself. */
const watermarks = ({ messages }: MessagesTables, newest: RecentEvents, type: 'MessageRead' | 'MessagesDelivered') =>
  recentOf(newest, type).flatMap(({ conversationId, userId, messageId, position }) => {
    const seq = messages.get(messageId)?.seq;
    const member = memberKey(conversationId, userId);
    return seq === undefined ? [] : [{ conversationId, userId, position, seq, member, key: `${member} ${seq}` }];
  });

const watermarkProblems = async (loaded: LoadedMessages, newest: RecentEvents): Promise<RecentProblem[]> => {
  const { tables } = loaded;
  const read = watermarks(tables, newest, 'MessageRead');
  const came = watermarks(tables, newest, 'MessagesDelivered');
  await Promise.all([
    loaded.readKeys(
      'reads',
      read.map(({ key }) => key),
    ),
    loaded.readKeys(
      'members',
      read.map(({ member }) => member),
    ),
    loaded.readKeys(
      'deliveries',
      came.map(({ key }) => key),
    ),
  ]);
  const isRead = ({ key, member, seq }: (typeof read)[number]): boolean =>
    tables.reads.has(key) && (tables.members.get(member)?.readSeq ?? 0) >= seq;
  return [
    ...read
      .filter((each) => !isRead(each))
      .map(({ userId, conversationId, position }) => ({
        position,
        problem: `what user ${userId} read of conversation ${conversationId} is missing`,
      })),
    ...came
      .filter(({ key }) => !tables.deliveries.has(key))
      .map(({ userId, conversationId, position }) => ({
        position,
        problem: `what came to user ${userId} of conversation ${conversationId} is missing`,
      })),
  ];
};

const erasureProblems = async (loaded: LoadedMessages, newest: RecentEvents): Promise<RecentProblem[]> => {
  const erased = recentOf(newest, 'UserErased');
  await loaded.readKeys(
    'erased',
    erased.map(({ userId }) => userId),
  );
  return erased
    .filter(({ userId }) => !loaded.tables.erased.has(userId))
    .map(({ userId, position }) => ({ position, problem: `user ${userId} is not known as erased` }));
};

/**
 * Looks for what the newest events must have left of conversations, messages and reading. The documents may be further than
 * these events.
 */
export const recentMessages = async (newest: RecentEvents, documents: Documents): Promise<RecentProblem[]> => {
  const loaded = new LoadedMessages(documents, stored(newest.to));
  const sent = recentOf(newest, 'MessageSent');
  const touched = newest.events.flatMap(({ data }) => ('messageId' in data ? data.messageId : []));
  await loaded.messages(touched);
  await loaded.conversations(sent.map(({ conversationId }) => conversationId));
  const missing = [...sentProblems(loaded.tables, sent), ...changeProblems(loaded.tables, newest)];
  const byConversation = [...grouped(sent, ({ conversationId }) => conversationId).values()];
  const counted: RecentProblem[] = [];
  for (const each of byConversation)
    counted.push(...(await conversationProblems(loaded, each as readonly Sent[] as readonly [Sent, ...Sent[]])));
  const others = [
    ...(await watermarkProblems(loaded, newest)),
    ...(await erasureProblems(loaded, newest)),
    ...(await recentConversations(newest, loaded)),
  ];
  return [...missing, ...counted, ...others].sort((one, other) => comparePositions(one.position, other.position));
};
