import { fold, followsFrom } from '../../domain/kernel/decider.js';
import { streamOf, type MessageId, type UserId } from '../../domain/kernel/ids.js';
import { LOG_START } from '../../domain/kernel/position.js';
import { preferences, preferencesId } from '../../domain/preferences/decider.js';
import { DEFAULT_PREFERENCES, type Preferences } from '../../domain/preferences/preferences.js';
import type { Past } from './past.js';
import type { PastConversation } from './past-conversation.js';
import { countPastMentions } from './past-mentions.js';
import type { PastReading } from './past-reading.js';
import { pastUsers, WITH_BLOCKS, type PastUser } from './past-users.js';

/** What a member saw of a conversation that others did not. */
export interface PastViewer {
  readonly userId: UserId;
  readonly lastReadMessageId: MessageId | null;
  readonly unreadCount: number;
  /** The number of unread messages that mentioned them. */
  readonly mentionCount: number;
  readonly preferences: Readonly<Preferences>;
  /** Whether they could write: nobody can write to a user alone who has blocked them, or is gone. */
  readonly canWrite: boolean;
}

const preferencesOf = async (
  past: Past,
  { conversationId }: PastConversation,
  viewer: UserId,
): Promise<Readonly<Preferences>> => {
  const found = await past.lastEvents([streamOf(preferences.category, preferencesId(conversationId, viewer))]);
  return fold(
    preferences,
    found.filter((event) => followsFrom(preferences, event)),
  );
};

const couldWrite = async (past: Past, { state, members }: PastConversation, viewer: UserId): Promise<boolean> => {
  const other = members.find(({ userId }) => userId !== viewer)?.userId;
  if (state.kind !== 'direct' || other === undefined) return true;
  const found = (await pastUsers(past, [other], WITH_BLOCKS)).get(other);
  return found !== undefined && !past.has(found.erasedAt) && !found.state.blocked.has(viewer);
};

/** Answers what a member saw of a conversation that others did not. */
export const pastViewer = async (
  past: Past,
  conversation: PastConversation,
  {
    userId,
    reading,
    user,
  }: { readonly userId: UserId; readonly reading: PastReading; readonly user: PastUser | undefined },
): Promise<PastViewer> => {
  const { last, unreadCount } = reading;
  const after = last?.position ?? LOG_START;
  const [mentionCount, kept, canWrite] = await Promise.all([
    countPastMentions(past, conversation, { userId, after }),
    preferencesOf(past, conversation, userId),
    couldWrite(past, conversation, userId),
  ]);
  return {
    ...{ userId, lastReadMessageId: last?.messageId ?? null, unreadCount, mentionCount, canWrite },
    preferences: past.has(user?.erasedAt) ? DEFAULT_PREFERENCES : kept,
  };
};
