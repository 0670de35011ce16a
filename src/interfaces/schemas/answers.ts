import { z } from 'zod';
import {
  conversationId,
  mediaId,
  messageId,
  position,
  presenceAudience,
  role,
  sessionId,
  userId,
  userRole,
} from './fields.js';

export const time = z.string().meta({ format: 'date-time' });

const names = z.object({ userId, username: z.string(), displayName: z.string() });

/** The names of an erased user are `erased`. */
export const profile = names.extend({ bio: z.string().nullable(), avatarMediaId: mediaId.nullable() });

export const linkedProfile = profile.extend({
  avatarUrl: z.string().optional().meta({ description: 'Where there is an avatar, as those of attachments.' }),
  avatarThumbnailUrl: z.string().optional(),
});

export const ownProfile = linkedProfile.extend({
  email: z.string(),
  emailVerified: z.boolean(),
  roles: z.array(userRole),
  createdAt: time,
});

export const settings = z.object({
  readReceipts: z.boolean(),
  presence: presenceAudience,
  locale: z.string(),
  notifications: z.boolean(),
});

const nextCursor = z.string().nullable();

export const users = z.object({ users: z.array(linkedProfile), nextCursor });
export const contacts = z.object({ contacts: z.array(linkedProfile), nextCursor });
export const blocks = z.object({ blocks: z.array(linkedProfile), nextCursor });

export const sessions = z.object({
  sessions: z.array(
    z.object({
      sessionId,
      device: z.string().nullable(),
      address: z.string(),
      createdAt: time,
      lastUsedAt: time,
      current: z.boolean(),
    }),
  ),
});

export const roles = z.object({ roles: z.array(userRole) });

export const tokens = z.object({
  tokenType: z.literal('Bearer'),
  accessToken: z.string(),
  expiresIn: z.int().meta({ description: 'Seconds.' }),
  refreshToken: z.string().optional().meta({ description: 'Left out where the cookie has it.' }),
  refreshExpiresIn: z.int().meta({ description: 'Seconds.' }),
  sessionId,
  user: names,
});

const attachment = z.object({
  mediaId,
  contentType: z.string(),
  size: z.int(),
  name: z.string().nullable(),
  width: z.int().optional(),
  height: z.int().optional(),
  url: z.string(),
  thumbnailUrl: z.string().optional().meta({ description: 'Of an image.' }),
});

export const message = z.object({
  messageId,
  conversationId,
  seq: z.int().meta({ description: '1, 2, 3, … in its conversation, without a hole.' }),
  senderId: userId,
  text: z.string().nullable(),
  mentions: z.array(userId),
  attachments: z.array(attachment),
  replyTo: messageId.nullable(),
  replyToDeleted: z.boolean().meta({ description: 'Whether the message that it replies to was deleted.' }),
  reactions: z
    .array(z.object({ emoji: z.string(), userIds: z.array(userId), count: z.int() }))
    .meta({ description: 'The first 20 different emojis, and the first 20 users of each.' }),
  sentAt: time,
  editedAt: time.nullable(),
  deletedAt: time.nullable(),
  position,
  cursor: z.string(),
});

export const pins = z.object({
  pins: z.array(z.object({ message, pinnedBy: userId, pinnedAt: time })),
  nextCursor: z.null(),
});

export const preferences = z.object({ muted: z.boolean(), archived: z.boolean(), pinned: z.boolean() });

export const conversation = z.object({
  conversationId,
  kind: z.enum(['direct', 'group']),
  title: z.string().nullable(),
  members: z.array(z.object({ userId, username: z.string(), displayName: z.string(), role, joinedAt: time })),
  memberCount: z.int(),
  createdAt: time,
  lastMessage: message.nullable(),
  lastActivityAt: time,
  unreadCount: z.int(),
  mentionCount: z.int(),
  lastReadMessageId: messageId.nullable(),
  preferences,
  position,
});

const LATE = { description: 'Where the read model does not show the change in time.' };

/** The answer to a change of one's own profile or settings that the read model does not show in time. */
export const lateUser = z.object({ userId, position }).meta(LATE);

export const changedConversation = z.union([
  z.object({ conversation, position }),
  z.object({ conversationId, position }).meta(LATE),
]);

export const sent = z.object({ messageId, conversationId, position, sentAt: time });

export const history = z.object({
  messages: z.array(message),
  previousCursor: z.string().nullable(),
  nextCursor: z.string().nullable(),
});

export const found = z.object({ messages: z.array(message), nextCursor });
export const changes = z.object({ messages: z.array(message), nextCursor });

export const receipts = z.object({
  receipts: z.array(z.object({ userId, deliveredAt: time.nullable(), readAt: time.nullable() })),
  nextCursor: z.string().nullable(),
});

export const uploaded = z.object({
  mediaId,
  contentType: z.string(),
  size: z.int(),
  sha256: z.string(),
  width: z.int().optional(),
  height: z.int().optional(),
  position,
});

export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.string().meta({ description: 'A stable word to act on.' }),
  requestId: z.string(),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
});
