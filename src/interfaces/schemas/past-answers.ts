import { z } from 'zod';
import { attachment, message, nextCursor, ownProfile, preferences, settings, time } from './answers.js';
import { messageId, position, role, userId, userRole } from './fields.js';

const erased = z
  .literal(true)
  .meta({ description: 'Of what an erased user wrote: it is gone from the past too.', examples: [true] });

const ofMoment = {
  asOf: position.meta({ description: 'The last event that had happened then.' }),
  undecodable: z
    .array(position)
    .meta({ description: 'Events that belong to this and cannot be decoded: they are left out.', examples: [[]] }),
};

const pastMessageView = message
  .omit({ cursor: true, attachments: true })
  .extend({ attachments: z.array(attachment.omit({ url: true, thumbnailUrl: true })), erased: erased.optional() });

export const pastMessages = z.object({ ...ofMoment, messages: z.array(pastMessageView), nextCursor });

export const pastMessage = z.object({ ...ofMoment, message: pastMessageView });

const { username, displayName, bio, avatarMediaId, email, emailVerified } = ownProfile.shape;

const reading = z
  .object({
    lastReadMessageId: messageId.nullable(),
    unreadCount: z.int(),
    readAt: time
      .nullable()
      .meta({ description: 'When they said so last; null where they read by sending or joining alone.' }),
  })
  .nullable()
  .meta({ description: 'How far they had read; null where they showed the viewer no receipts.' });

const member = z.object({ userId, username, displayName, role, joinedAt: time });

const summary = z.object({
  conversationId: message.shape.conversationId,
  kind: z.enum(['direct', 'group']).meta({ examples: ['group'] }),
  title: z
    .string()
    .nullable()
    .meta({ examples: ['Engines'] }),
  createdAt: time,
  memberCount: z.int(),
  messageCount: z.int(),
  lastMessage: pastMessageView.nullable(),
  lastActivityAt: time,
});

const conversation = summary.extend({
  members: z.array(member.extend({ reading })),
  pins: z.array(z.object({ messageId, pinnedBy: userId, pinnedAt: time })),
});

const viewer = z.object({
  userId,
  lastReadMessageId: messageId.nullable(),
  unreadCount: z.int(),
  mentionCount: z.int(),
  preferences,
  canWrite: z
    .boolean()
    .meta({ description: 'Whether the other of a direct conversation had not blocked them, and was there.' }),
});

export const pastConversation = z.object({
  ...ofMoment,
  conversation,
  viewer: viewer
    .nullable()
    .meta({ description: 'What the viewer saw of it that others did not; null without a viewer.' }),
});

export const pastConversations = z.object({
  ...ofMoment,
  conversations: z.array(
    z.object({
      conversation: summary.extend({
        members: z.array(member).meta({ description: 'The first 20, in the order in which they joined.' }),
      }),
      viewer: viewer.meta({ description: 'What the user saw of it that others did not.' }),
    }),
  ),
  nextCursor,
});

export const pastUser = z.object({
  ...ofMoment,
  user: z.object({
    ...{ userId, username, displayName, bio, avatarMediaId, emailVerified },
    status: z.enum(['registered', 'erased']),
    email: email.nullable(),
    roles: z.array(userRole),
    settings: settings.nullable(),
    contacts: z.array(userId),
    blocks: z.array(userId),
    createdAt: time,
    erased: erased.optional(),
  }),
});
