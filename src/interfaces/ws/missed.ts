import { nameMembers } from '../../application/conversations/conversation-answer.js';
import { grouped } from '../../application/kernel/grouped.js';
import { textBytesOf } from '../../application/messages/text-bytes.js';
import type {
  ConversationChange,
  ConversationViews,
  ReadMark,
  Watermark,
} from '../../application/ports/conversation-views.js';
import type {
  ChangedMessage,
  MessageView,
  MessageViews,
  MissedMessage,
} from '../../application/ports/message-views.js';
import type { PinViews } from '../../application/ports/pin-views.js';
import type { UserDirectory } from '../../application/ports/user-directory.js';
import type { ResumeSource } from '../../application/push/pushed-events.js';
import type { Position, UserId } from '../../domain/kernel/ids.js';
import { conversationFrames } from './frames/conversation-frames.js';
import { messageFrames, messageRead, messageSent } from './frames/message-frames.js';
import { pinFrame } from './frames/pin-frames.js';
import { preferencesChanged } from './frames/preferences-frame.js';
import { receiptsFrame } from './frames/receipt-frames.js';

/** The size of one entry among the receipts of a frame. */
const RECEIPT_BYTES = 200;

export interface MissedParts {
  readonly conversations: ConversationViews;
  readonly messages: MessageViews;
  readonly pins: PinViews;
  readonly directory: UserDirectory;
  readonly maxFrames: number;
  readonly maxTextBytes: number;
}

/** It has a place in the order, or none. */
export interface Placed {
  readonly position: Position | undefined;
}

/** A frame with its place in the order, if it has one. */
export interface MissedFrame extends Placed {
  readonly content: object;
}

/** Makes of a frame what is kept until it is sent. */
export type Keep<Kept extends Placed> = (missed: MissedFrame) => Kept;

/** What one source has for a viewer. It is counted before frames are made of it, but for messages: these are made as they come. */
export interface Missed<Kept> {
  readonly count: number;
  readonly textBytes: number;
  readonly frames: () => Promise<readonly Kept[]>;
}

type FindMissed = <Kept extends Placed>(viewer: UserId, after: Position, keep: Keep<Kept>) => Promise<Missed<Kept>>;

/** A message stands at the place where it was sent, as in the live frame, whatever has changed it since. */
const sentFrame = ({ sentPosition: position, message }: MissedMessage): MissedFrame => ({
  position,
  content: messageSent.of({ position, message }),
});

/** Makes one frame of a message, however often it was changed: those behind it say what comes later. */
const changedFrame = ({ change, message }: ChangedMessage): MissedFrame => {
  const { position } = message;
  return { position, content: messageFrames[change].of({ position, message }) };
};

const readFrame = ({ position, conversationId, userId, messageId, seq, readAt: at }: ReadMark): MissedFrame => ({
  position,
  content: messageRead.of({ position, conversationId, userId, messageId, seq, at }),
});

/** Makes frames of messages while they are listed, so that little else is kept of them, and counts them and their text. */
const missedMessages = async <Listed extends { readonly message: MessageView }, Kept>(
  list: (make: (listed: Listed) => Kept) => Promise<readonly Kept[]>,
  make: (listed: Listed) => Kept,
): Promise<Missed<Kept>> => {
  let textBytes = 0;
  const made = await list((listed) => {
    textBytes += textBytesOf(listed.message);
    return make(listed);
  });
  return { count: made.length, textBytes, frames: () => Promise.resolve(made) };
};

/**
 * Makes one frame a conversation of the receipts of others. A user who shows none gets none, and others do not get theirs. They
 * have no place in the order and go first: a client that breaks off behind a later frame has got them.
 */
const receiptFrames = async (
  directory: UserDirectory,
  viewer: UserId,
  marks: readonly Watermark[],
): Promise<MissedFrame[]> => {
  if (marks.length === 0) return [];
  const hiding = await directory.withoutReceipts([viewer, ...new Set(marks.map(({ userId }) => userId))]);
  if (hiding.has(viewer)) return [];
  const shown = marks.filter(({ userId }) => !hiding.has(userId));
  return [...grouped(shown, ({ conversationId }) => conversationId)].map(([conversationId, ofOne]) => ({
    position: undefined,
    content: receiptsFrame(conversationId, ofOne),
  }));
};

/** Makes one frame a conversation, however often it changed: the whole of it, as the viewer sees it now. */
const changeFrames = async (
  { conversations, directory }: MissedParts,
  viewer: UserId,
  changes: readonly ConversationChange[],
): Promise<MissedFrame[]> => {
  if (changes.length === 0) return [];
  const found = await conversations.findSome(
    viewer,
    changes.map(({ conversationId }) => conversationId),
  );
  const named = await nameMembers(directory, found);
  const byId = new Map(named.map((each) => [each.conversationId, each]));
  return changes.map(({ position, conversationId, kind }) => {
    const conversation = byId.get(conversationId) ?? { conversationId };
    return { position, content: { type: conversationFrames[kind].type, position, conversation } };
  });
};

/** The sources of a resume, in the order in which they are read: the texts of messages last, as they are the most. */
export const missedBySource = (parts: MissedParts): Readonly<Record<ResumeSource, FindMissed>> => {
  const { conversations, messages, pins, directory, maxFrames, maxTextBytes } = parts;
  const most = maxFrames + 1;
  const limits = { limit: most, maxTextBytes };
  return {
    reads: async (viewer, after, keep) => {
      const reads = await conversations.readsSince(viewer, after, most);
      return { count: reads.length, textBytes: 0, frames: async () => reads.map((read) => keep(readFrame(read))) };
    },
    receipts: async (viewer, after, keep) => {
      const marks = await conversations.receiptsSince(viewer, after, Math.floor(maxTextBytes / RECEIPT_BYTES) + 1);
      return {
        count: new Set(marks.map(({ conversationId }) => conversationId)).size,
        textBytes: marks.length * RECEIPT_BYTES,
        frames: async () => (await receiptFrames(directory, viewer, marks)).map(keep),
      };
    },
    'changes of conversations': async (viewer, after, keep) => {
      const changes = await conversations.changesSince(viewer, after, most);
      const frames = async () => (await changeFrames(parts, viewer, changes)).map(keep);
      return { count: changes.length, textBytes: 0, frames };
    },
    pins: async (viewer, after, keep) => {
      const changed = await pins.changedSince(viewer, after, most);
      const frames = async () => changed.map((each) => keep({ position: each.position, content: pinFrame(each) }));
      return { count: changed.length, textBytes: 0, frames };
    },
    preferences: async (viewer, after, keep) => {
      const changed = await conversations.preferencesSince(viewer, after, most);
      const frames = async () =>
        changed.map((each) => keep({ position: each.position, content: preferencesChanged.of(each) }));
      return { count: changed.length, textBytes: 0, frames };
    },
    'changed messages': (viewer, after, keep) =>
      missedMessages(
        (make) => messages.changedSince(viewer, after, limits, make),
        (changed: ChangedMessage) => keep(changedFrame(changed)),
      ),
    'sent messages': (viewer, after, keep) =>
      missedMessages(
        (make) => messages.sentSince(viewer, after, limits, make),
        (sent: MissedMessage) => keep(sentFrame(sent)),
      ),
  };
};
