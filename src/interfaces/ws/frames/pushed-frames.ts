import type { OrderedEventType, PushedEventType, pushedEvents } from '../../../application/push/pushed-events.js';
import type { position } from '../../schemas/fields.js';
import { conversationFrames } from './conversation-frames.js';
import type { Frame } from './frame.js';
import { messageDelivered, messageFrames, messageRead, messageSent } from './message-frames.js';
import { pinned, unpinned } from './pin-frames.js';
import { preferencesChanged } from './preferences-frame.js';
import { resync } from './resync-frame.js';
import { userUpdated } from './user-frames.js';
import type { z } from 'zod';

/** A frame with a place in the order, which a client can resume behind. */
type OrderedFrame = Frame<z.ZodObject<{ position: typeof position }>>;

/** The frame of an event: with its place, where it has one; null, where nobody is sent one. */
export type PushedFrame<Type extends PushedEventType> = Type extends OrderedEventType
  ? OrderedFrame
  : (typeof pushedEvents)[Type]['waitsFor'] extends null
    ? null
    : Frame;

/** The frame of each pushed event, with its schema. */
export const pushedFrames = {
  MessageSent: messageSent,
  MessageEdited: messageFrames.edited,
  MessageDeleted: messageFrames.deleted,
  ReactionAdded: messageFrames.reacted,
  ReactionRemoved: messageFrames.reacted,
  MessagePinned: pinned,
  MessageUnpinned: unpinned,
  PreferencesChanged: preferencesChanged,
  MessageRead: messageRead,
  MessagesDelivered: messageDelivered,
  ConversationStarted: conversationFrames.started,
  ConversationRenamed: conversationFrames.renamed,
  MemberAdded: conversationFrames.member_added,
  MemberRemoved: conversationFrames.member_removed,
  MemberRoleChanged: conversationFrames.role_changed,
  ProfileChanged: userUpdated,
  UserErased: resync,
  SettingsChanged: null,
} as const satisfies { readonly [Type in PushedEventType]: PushedFrame<Type> };
