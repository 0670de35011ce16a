import { z } from 'zod';
import { messageCursor } from '../../../application/messages/message-cursor.js';
import type { UnseenConversation } from '../../../application/ports/conversation-views.js';
import type { ConversationId, Position } from '../../../domain/kernel/ids.js';
import { conversationId, position } from '../../schemas/fields.js';
import { frame } from './frame.js';

const unseen = z.object({
  conversationId,
  cursor: z.string().meta({ description: 'Behind it stand the messages that were sent since.', examples: ['m1'] }),
  changed: z.boolean().meta({ description: 'Whether a message up to the cursor was changed since.' }),
});

/** It takes the place of what cannot be told frame by frame, to one who resumes or of an erasure, and says what to ask for instead. */
export const resync = frame(
  'resync',
  z.object({ position, since: position, conversations: z.array(unseen), left: z.array(conversationId) }),
);

/** What happened behind one position up to another, as far as a viewer may see it. */
interface Unseen {
  readonly since: Position;
  readonly position: Position;
  readonly conversations: readonly UnseenConversation[];
  readonly left: readonly ConversationId[];
}

/** Makes the frame of what a viewer has to ask for. */
export const resyncOf = ({ since, position, conversations, left }: Unseen): object =>
  resync.of({
    position,
    since,
    conversations: conversations.map(({ conversationId, lastSeenSeq, areSeenChanged }) => ({
      conversationId,
      cursor: messageCursor(lastSeenSeq),
      changed: areSeenChanged,
    })),
    left,
  });
