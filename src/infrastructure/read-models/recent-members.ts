import { isOfType } from '../../application/kernel/is-of-type.js';
import type { RecordedEvent } from '../../application/ports/event-store.js';
import type { RecentEvents } from '../../application/ports/projection-generations.js';
import type { ChatEvents } from '../../domain/event-catalogue.js';
import type { ConversationId, Position, UserId } from '../../domain/kernel/ids.js';

/** The last state of a member, with the role where the events say it. */
export interface RecentMember {
  readonly conversationId: ConversationId;
  readonly userId: UserId;
  readonly active: boolean;
  readonly role: string | null;
  readonly position: Position;
}

/** What happens to a conversation. */
export const CONVERSATION_CHANGES = [
  'ConversationStarted',
  'ConversationRenamed',
  'MemberAdded',
  'MemberRemoved',
  'MemberRoleChanged',
] as const;
type Change = (typeof CONVERSATION_CHANGES)[number];

/** Turns each event into what it makes of members. */
const MADE: {
  readonly [Type in Change]?: (data: ChatEvents[Type]) => readonly Pick<RecentMember, 'userId' | 'active' | 'role'>[];
} = {
  ConversationStarted: ({ members }) => members.map(({ userId, role }) => ({ userId, role, active: true })),
  MemberAdded: ({ userId, role }) => [{ userId, role, active: true }],
  MemberRemoved: ({ userId }) => [{ userId, role: null, active: false }],
  MemberRoleChanged: ({ userId, role }) => [{ userId, role, active: true }],
};

const madeOf = <Type extends Change>({ type, data }: RecordedEvent<Type>) => MADE[type]?.(data) ?? [];

/** Answers the last state of each member whom the newest events are about. */
export const lastOfMembers = ({ events }: RecentEvents): readonly RecentMember[] => {
  const last = new Map<string, RecentMember>();
  for (const event of events.filter((each) => isOfType(each, ...CONVERSATION_CHANGES)))
    for (const member of madeOf(event)) {
      const { conversationId } = event.data;
      last.set(`${conversationId} ${member.userId}`, { ...member, conversationId, position: event.position });
    }
  return [...last.values()];
};
