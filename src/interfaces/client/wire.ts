import type { z } from 'zod';
import type { FieldError, ProblemCode } from '../refusals.js';
import type { changes, conversation, history, message, pins, profile, receipts, tokens } from '../schemas/answers.js';
import type { clientFrames } from '../ws/commands.js';
import type { answerFrames } from '../ws/frames/answer-frames.js';
import type { conversationFrames } from '../ws/frames/conversation-frames.js';
import type { messageRead, messageSent } from '../ws/frames/message-frames.js';
import type { pinned } from '../ws/frames/pin-frames.js';
import type { preferencesChanged } from '../ws/frames/preferences-frame.js';
import type { messageReceipts } from '../ws/frames/receipt-frames.js';
import type { resync } from '../ws/frames/resync-frame.js';
import type { typingFrame } from '../ws/frames/typing-frame.js';
import type { userUpdated } from '../ws/frames/user-frames.js';

// Everything that this folder knows of the server's types stands in this file. `scripts/client-types.js` publishes it
// written out, so that whoever uses the types needs neither the server nor its validator.

/** A value as it comes over the wire: ids, positions and times are plain strings, and nothing in it is changed. */
type Plain<Value> = Value extends string
  ? Value extends { readonly __brand: string }
    ? string
    : Value
  : Value extends readonly (infer Item)[]
    ? readonly Plain<Item>[]
    : Value extends object
      ? { readonly [Key in keyof Value]: Plain<Value[Key]> }
      : Value;

type Answered<Schema extends z.ZodType> = Plain<z.output<Schema>>;
type Content<Kind extends { readonly schema: z.ZodType }> = Answered<Kind['schema']>;
type Sendable<Type extends keyof typeof clientFrames> = Plain<z.input<(typeof clientFrames)[Type]>>;

export type Message = Answered<typeof message>;
export type Conversation = Answered<typeof conversation>;
export type Member = Conversation['members'][number];
export type Profile = Answered<typeof profile>;
export type ReceiptsPage = Answered<typeof receipts>;
export type Receipts = ReceiptsPage['receipts'];
export type HistoryPage = Answered<typeof history>;
export type ChangesPage = Answered<typeof changes>;
export type Pins = Answered<typeof pins>['pins'];
export type Tokens = Answered<typeof tokens>;

export type InboxPage = { readonly conversations: readonly Conversation[]; readonly nextCursor: string | null };

/** A conversation as a frame of a change shows it: whole, or the part that all members see alike, or its id alone. */
type ShownConversation = Partial<Conversation> & Pick<Conversation, 'conversationId'>;

export type MessageFrame = Content<typeof messageSent>;
export type ReadFrame = Content<typeof messageRead>;
export type ReceiptsFrame = Content<typeof messageReceipts>;
export type PinFrame = Content<typeof pinned>;
export type PreferencesFrame = Content<typeof preferencesChanged>;
export type UserFrame = Content<typeof userUpdated>;
export type TypingFrame = Content<typeof typingFrame>;
export type ReadyFrame = Answered<(typeof answerFrames)['ready']>;
export type AckFrame = Answered<(typeof answerFrames)['ack']>;
export type ErrorFrame = Answered<(typeof answerFrames)['error']>;
export type PresenceFrame = Answered<(typeof answerFrames)['presence']>;
export type ResyncFrame = Content<typeof resync>;

/** The frame of a change of a conversation. */
export type ChangeFrame = {
  readonly type: `conversation.${keyof typeof conversationFrames}`;
  readonly position: string;
  readonly conversation: ShownConversation;
  readonly members?: readonly (Partial<Member> & Pick<Member, 'userId' | 'role'>)[];
  readonly userIds?: readonly string[];
};

/** A frame as it comes: its type, and whatever stands beside it. */
export type Frame = Readonly<Record<string, unknown>> & { readonly type: string };

/** A message to send: to a conversation, or to a user by id or username. */
export type NewMessage = Omit<Sendable<'send'>, 'type' | 'id'>;

/** A frame that carries out a command. */
export type CommandFrame = Sendable<'send' | 'edit' | 'delete' | 'react' | 'unreact' | 'read'>;

/** A code with which the server refuses. */
export type ServerCode = ProblemCode;

/** A field of a request that does not have its form. */
export type FieldFault = Plain<FieldError>;
