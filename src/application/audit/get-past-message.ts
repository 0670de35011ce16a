import { streamOf, type Instant, type MessageId, type UserId } from '../../domain/kernel/ids.js';
import { reject } from '../../domain/kernel/rejections.js';
import { message } from '../../domain/messages/decider.js';
import type { MessageEvents } from '../../domain/messages/events.js';
import type { AsOf, OpenAsOf } from './as-of.js';
import { ofMoment, type OfMoment } from './of-moment.js';
import { pastConversation, requirePastMember } from './past-conversation.js';
import type { PastMessageView } from './past-message.js';
import { pastMessages, usersIn } from './past-messages.js';

export interface PastMessageQuery {
  readonly messageId: MessageId;
  readonly asOf?: AsOf | undefined;
  readonly viewer?: UserId | undefined;
}

interface PastMessageAnswer extends OfMoment {
  readonly message: PastMessageView;
}

/** Answers a message as it was at a moment, with a viewer to a member of its conversation. Rejects `message_not_found`. */
export const getPastMessage =
  (open: OpenAsOf) =>
  async ({ messageId, asOf, viewer }: PastMessageQuery, now: Instant) => {
    const past = await open(asOf, now);
    const [sent] = await past.events({ streams: [streamOf(message.category, messageId)], types: ['MessageSent'] });
    if (!sent) return reject('message_not_found');
    const { conversationId } = sent.data as MessageEvents['MessageSent'];
    if (viewer !== undefined) requirePastMember(await pastConversation(past, conversationId), viewer);
    const [counted] = await past.countSent(conversationId, [sent.position]);
    const [found] = await pastMessages(past, [{ messageId, seq: counted?.messages ?? 0 }]);
    const answer: PastMessageAnswer = { ...ofMoment(past), message: found ?? reject('message_not_found') };
    return { answer, userIds: usersIn([answer.message]) };
  };
