import type { RecentEvents, RecentProblem } from '../../../application/ports/projection-generations.js';
import { changeKey, memberKey } from '../../../application/projections/messages-tables.js';
import { hasReached } from '../../../domain/kernel/position.js';
import { recentOf } from '../../projections/recent-events.js';
import { CONVERSATION_CHANGES, lastOfMembers, type RecentMember } from '../recent-members.js';
import { forEachOf, type LoadedMessages } from './loaded-messages.js';

const happenedProblems = async (loaded: LoadedMessages, newest: RecentEvents): Promise<RecentProblem[]> => {
  const happened = CONVERSATION_CHANGES.flatMap((type) => recentOf(newest, type));
  const ids = [...new Set(happened.map(({ conversationId }) => conversationId))];
  await Promise.all([loaded.readKeys('changes', happened.map(changeKey)), loaded.conversations(ids)]);
  const { changes, conversations } = loaded.tables;
  return [
    ...happened
      .filter((event) => !changes.has(changeKey(event)))
      .map(({ position, conversationId }) => ({
        position,
        problem: `what happened to conversation ${conversationId} is missing`,
      })),
    ...happened
      .filter(({ conversationId }) => !conversations.has(conversationId))
      .map(({ position, conversationId }) => ({ position, problem: `conversation ${conversationId} is missing` })),
  ];
};

const memberProblem = (loaded: LoadedMessages, expected: RecentMember): string | undefined => {
  const { conversationId, userId, active, role, position } = expected;
  const row = loaded.tables.members.get(memberKey(conversationId, userId));
  if (!row) return `member ${userId} of conversation ${conversationId} is missing`;
  const isLater = row.position !== position && hasReached(row.position, position);
  const isRight = row.position === position && row.active === active && (role === null || row.role === role);
  return isLater || isRight
    ? undefined
    : `member ${userId} of conversation ${conversationId} is not as the log has them`;
};

const memberProblems = async (loaded: LoadedMessages, newest: RecentEvents): Promise<RecentProblem[]> => {
  const expected = lastOfMembers(newest);
  await loaded.members(expected.map(({ conversationId, userId }) => [conversationId, userId]));
  const wrong = expected.flatMap((each) => {
    const problem = memberProblem(loaded, each);
    return problem === undefined ? [] : [{ position: each.position, problem }];
  });
  const touched = new Map(expected.map(({ conversationId, position }) => [conversationId, position]));
  const miscounted = await forEachOf([...touched], async ([conversationId, position]) => {
    const there = (await loaded.read('members', { conversationId, active: true })).length;
    const counted = loaded.tables.conversations.get(conversationId)?.memberCount ?? there;
    const problem = `conversation ${conversationId} counts ${counted} members and has ${there}`;
    return counted === there ? [] : [{ position, problem }];
  });
  return [...wrong, ...miscounted.flat()];
};

/** Looks for what the newest events must have left of conversations and their members. */
export const recentConversations = async (newest: RecentEvents, loaded: LoadedMessages): Promise<RecentProblem[]> => [
  ...(await happenedProblems(loaded, newest)),
  ...(await memberProblems(loaded, newest)),
];
