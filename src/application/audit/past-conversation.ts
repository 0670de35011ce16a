import { conversation } from '../../domain/conversations/decider.js';
import type { ConversationEvents, Role } from '../../domain/conversations/events.js';
import type { StartedConversation } from '../../domain/conversations/state.js';
import { fold, followsFrom } from '../../domain/kernel/decider.js';
import type { FactOf } from '../../domain/kernel/fact.js';
import { streamOf, type ConversationId, type Instant, type Position, type UserId } from '../../domain/kernel/ids.js';
import { comparePositions } from '../../domain/kernel/position.js';
import { reject } from '../../domain/kernel/rejections.js';
import type { Past } from './past.js';

/** A member as of a moment, and since when. */
export interface PastMember {
  readonly userId: UserId;
  readonly role: Role;
  readonly joinedAt: Instant;
  readonly joinedPosition: Position;
}

/** A conversation as of a moment. */
export interface PastConversation {
  readonly conversationId: ConversationId;
  readonly state: StartedConversation;
  readonly createdAt: Instant;
  /** The user whose words the title is. */
  readonly titledBy: UserId;
  /** The members in the order in which they joined. */
  readonly members: readonly PastMember[];
}

type Joined = Pick<PastMember, 'joinedAt' | 'joinedPosition'>;

/** Answers who joins by an event. */
const joining = (fact: FactOf<ConversationEvents>): readonly [UserId, Instant][] => {
  if (fact.type === 'ConversationStarted') return fact.data.members.map(({ userId }) => [userId, fact.data.startedAt]);
  return fact.type === 'MemberAdded' ? [[fact.data.userId, fact.data.addedAt]] : [];
};

const byJoining = (one: PastMember, other: PastMember): number =>
  comparePositions(one.joinedPosition, other.joinedPosition) || (one.userId < other.userId ? -1 : 1);

/** Answers since when each user is there who ever joined. */
const joinedBy = (
  facts: readonly (FactOf<ConversationEvents> & { readonly position: Position })[],
): ReadonlyMap<UserId, Joined> =>
  new Map(
    facts.flatMap((fact) =>
      joining(fact).map(([userId, joinedAt]) => [userId, { joinedAt, joinedPosition: fact.position }] as const),
    ),
  );

/** Folds a conversation as it was; undefined where it had not begun. */
export const findPastConversation = async (
  past: Past,
  conversationId: ConversationId,
): Promise<PastConversation | undefined> => {
  const events = await past.events({ streams: [streamOf(conversation.category, conversationId)] });
  const facts = events.filter((event) => followsFrom(conversation, event));
  const state = fold(conversation, facts);
  const [started] = facts;
  if (state.status === 'absent' || started?.type !== 'ConversationStarted') return undefined;
  const joined = joinedBy(facts);
  const members = [...state.members].flatMap(([userId, role]) => {
    const since = joined.get(userId);
    return since ? [{ userId, role, ...since }] : [];
  });
  const titledBy = facts.reduce(
    (by, fact) => (fact.type === 'ConversationRenamed' ? fact.data.renamedBy : by),
    started.data.startedBy,
  );
  return { conversationId, state, createdAt: started.data.startedAt, titledBy, members: members.sort(byJoining) };
};

/** Folds a conversation as it was. Rejects `conversation_not_found` where it had not begun. */
export const pastConversation = async (past: Past, conversationId: ConversationId): Promise<PastConversation> =>
  (await findPastConversation(past, conversationId)) ?? reject('conversation_not_found');

/** Requires a user to have been a member then. Rejects `not_a_member`. */
export const requirePastMember = ({ members }: PastConversation, userId: UserId): PastMember =>
  members.find((member) => member.userId === userId) ?? reject('not_a_member');
