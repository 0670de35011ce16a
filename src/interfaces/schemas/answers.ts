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

export const time = z.string().meta({ format: 'date-time', examples: ['2026-01-31T12:00:00.000Z'] });

/** A text of ours, with what it may look like. */
const textLike = (example: string) => z.string().meta({ examples: [example] });

const FILE = '/media/v1/01980000-0000-7000-8000-000000000005';
const LINK = '1769860800.the-signature-of-the-link';

const username = textLike('ada');
const displayName = textLike('Ada Lovelace');

const names = z.object({ userId, username, displayName });

/** The names of an erased user are `erased`. */
export const profile = names.extend({
  bio: textLike('I write programs for engines.').nullable(),
  avatarMediaId: mediaId.nullable(),
});

export const linkedProfile = profile.extend({
  avatarUrl: textLike(`${FILE}?link=${LINK}`)
    .optional()
    .meta({ description: 'Where there is an avatar, as those of attachments.' }),
  avatarThumbnailUrl: textLike(`${FILE}/thumbnail?link=${LINK}`).optional(),
});

export const ownProfile = linkedProfile.extend({
  email: textLike('ada@example.com'),
  emailVerified: z.boolean(),
  roles: z.array(userRole),
  createdAt: time,
});

export const settings = z.object({
  readReceipts: z.boolean(),
  presence: presenceAudience,
  locale: textLike('en'),
  notifications: z.boolean(),
});

/** There is no cursor at the end of a list. */
export const nextCursor = z
  .string()
  .nullable()
  .meta({ examples: [null] });

export const users = z.object({ users: z.array(linkedProfile), nextCursor });
export const contacts = z.object({ contacts: z.array(linkedProfile), nextCursor });
export const blocks = z.object({ blocks: z.array(linkedProfile), nextCursor });

export const sessions = z.object({
  sessions: z.array(
    z.object({
      sessionId,
      device: textLike('Laptop').nullable(),
      address: textLike('192.0.2.7'),
      createdAt: time,
      lastUsedAt: time,
      current: z.boolean(),
    }),
  ),
});

export const roles = z.object({ roles: z.array(userRole) });

export const tokens = z.object({
  tokenType: z.literal('Bearer'),
  accessToken: textLike('eyJhbGciOiJIUzI1NiJ9.the-claims.the-signature'),
  expiresIn: z.int().meta({ description: 'Seconds.', examples: [86_400] }),
  refreshToken: textLike('kx7Wq2_the-token-that-you-were-given')
    .optional()
    .meta({ description: 'Left out where the cookie has it.' }),
  refreshExpiresIn: z.int().meta({ description: 'Seconds.', examples: [604_800] }),
  sessionId,
  user: names,
});

export const attachment = z.object({
  mediaId,
  contentType: textLike('image/png'),
  size: z.int().meta({ examples: [48_213] }),
  name: textLike('engine.png').nullable(),
  width: z.int().optional(),
  height: z.int().optional(),
  url: textLike(`${FILE}?link=${LINK}`),
  thumbnailUrl: textLike(`${FILE}/thumbnail?link=${LINK}`).optional().meta({ description: 'Of an image.' }),
});

export const message = z.object({
  messageId,
  conversationId,
  seq: z.int().meta({ description: '1, 2, 3, … in its conversation, without a hole.' }),
  senderId: userId,
  text: textLike('Hello!').nullable(),
  mentions: z.array(userId),
  attachments: z.array(attachment),
  replyTo: messageId.nullable(),
  replyToDeleted: z.boolean().meta({ description: 'Whether the message that it replies to was deleted.' }),
  reactions: z
    .array(z.object({ emoji: textLike('👍'), userIds: z.array(userId), count: z.int() }))
    .meta({ description: 'The first 20 different emojis, and the first 20 users of each.' }),
  sentAt: time,
  editedAt: time.nullable().meta({ examples: [null] }),
  deletedAt: time.nullable().meta({ examples: [null] }),
  position,
  cursor: textLike('m1'),
});

export const pins = z.object({
  pins: z.array(z.object({ message, pinnedBy: userId, pinnedAt: time })),
  nextCursor: z.null(),
});

export const preferences = z.object({ muted: z.boolean(), archived: z.boolean(), pinned: z.boolean() });

export const conversation = z.object({
  conversationId,
  kind: z.enum(['direct', 'group']).meta({ examples: ['group'] }),
  title: textLike('Engines').nullable(),
  members: z.array(z.object({ userId, username, displayName, role, joinedAt: time })),
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

export const history = z.object({ messages: z.array(message), previousCursor: nextCursor, nextCursor });

export const found = z.object({ messages: z.array(message), nextCursor });
export const changes = z.object({ messages: z.array(message), nextCursor });

export const receipts = z.object({
  receipts: z.array(z.object({ userId, deliveredAt: time.nullable(), readAt: time.nullable() })),
  nextCursor,
});

export const uploaded = z.object({
  mediaId,
  contentType: textLike('image/png'),
  size: z.int().meta({ examples: [48_213] }),
  sha256: textLike('9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'),
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
