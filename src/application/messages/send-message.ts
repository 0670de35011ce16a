import type { ConversationId, Instant, MediaId, MessageId, Position } from '../../domain/kernel/ids.js';
import { message } from '../../domain/messages/decider.js';
import type { MessageState } from '../../domain/messages/state.js';
import { normalizeText } from '../../domain/messages/text.js';
import type { CommandContext } from '../kernel/command-context.js';
import { decision, type Decided } from '../kernel/decision.js';
import type { Transact } from '../kernel/transact.js';
import type { Identifiers } from '../ports/identifiers.js';
import type { AttachMedia } from './attach-media.js';
import type { MessagePlaces } from './message-places.js';
import type { Addressee, FindDestination } from './recipients.js';

export interface SendMessageInput {
  /** The client's own id. Where it gives none, it is that of the idempotency key, or a new one. */
  readonly messageId?: MessageId | undefined;
  readonly to: Addressee;
  /** Empty where only files are sent. */
  readonly text: string;
  readonly attachments?: readonly MediaId[] | undefined;
  readonly replyTo?: MessageId | undefined;
}

export interface SentMessage {
  readonly messageId: MessageId;
  readonly conversationId: ConversationId;
  readonly position: Position;
  readonly sentAt: Instant;
  /** Whether it had been sent before: the answer is then the first one. */
  readonly repeated: boolean;
}

export interface SendParts {
  readonly transact: Transact;
  readonly findDestination: FindDestination;
  readonly attachMedia: AttachMedia;
  readonly places: MessagePlaces;
  readonly identifiers: Identifiers;
}

const sentAtOf = ({ state }: Decided<MessageState>, now: Instant): Instant =>
  state.status === 'absent' ? now : state.original.sentAt;

/** Answers the id that an idempotency key gives a message. */
export const messageOfClaim = ({ claim }: CommandContext, identifiers: Identifiers): MessageId | undefined =>
  claim ? identifiers.messageOfRequest(claim.stream) : undefined;

/** Sends a message. The same id and content again is answered as the first time; the sender must be a member at that very revision. */
export const sendMessage =
  ({ transact, findDestination, attachMedia, places, identifiers }: SendParts) =>
  async (input: SendMessageInput, context: CommandContext): Promise<SentMessage> => {
    const { actor: by, now: at } = context;
    const messageId = input.messageId ?? messageOfClaim(context, identifiers) ?? identifiers.newMessageId();
    const text = normalizeText(input.text);
    const replyTo = input.replyTo ?? null;
    const { answer, position, repeated } = await transact({ ...context, claim: null }, async (attempt) => {
      // A repeat is recognised by the message itself: no further event says that a key was used.
      const { conversationId, conditions, mentionsIn, starting } = await findDestination(input.to, context, attempt);
      if (replyTo !== null) await places.require(replyTo, conversationId);
      const mentions = await mentionsIn(text);
      const { attachments, attaching } = await attachMedia(input.attachments ?? [], { messageId, by, at });
      const data = { messageId, conversationId, text, replyTo, mentions, attachments, by, at };
      const sending = decision(message, messageId, { type: 'SendMessage', data }, { expectNew: true });
      return {
        // The message comes last, as its position is that of the answer.
        decisions: [...starting, ...attaching, sending],
        require: conditions,
        answer: (decided) => {
          const sent = decided.at(-1) as Decided<MessageState>;
          return { conversationId, sentAt: sentAtOf(sent, at), firstPosition: sent.loaded.firstPosition };
        },
      };
    });
    const { conversationId, sentAt, firstPosition } = answer;
    const sentPosition = firstPosition ?? position;
    places.remember(messageId, { conversationId, sentPosition });
    return { messageId, conversationId, position: sentPosition, sentAt, repeated };
  };

export type SendMessage = ReturnType<typeof sendMessage>;
