import { z } from 'zod';
import type { UserEvents } from '../../../domain/users/events.js';
import { USER_ROLES } from '../../../domain/users/roles.js';
import { PRESENCE_AUDIENCES } from '../../../domain/users/settings.js';
import { schemasOf } from './event-schemas.js';
import { hash, instant, mediaId, sessionId, text, ticketId, userId } from './fields.js';
import { personalIn } from './personal-in.js';

const role = z.enum(USER_ROLES);
const keyId = z.string().regex(/^[0-9a-f]{32}$/);

export const userSchemas = schemasOf<UserEvents>()({
  UserRegistered: z.strictObject({
    userId,
    username: text,
    email: text,
    displayName: text,
    passwordHash: text,
    registeredAt: instant,
  }),
  EmailVerificationRequested: z.strictObject({
    userId,
    ticketId,
    tokenHash: hash,
    expiresAt: instant,
    requestedAt: instant,
  }),
  EmailVerified: z.strictObject({ userId, ticketId, verifiedAt: instant }),
  PasswordResetRequested: z.strictObject({
    userId,
    ticketId,
    tokenHash: hash,
    expiresAt: instant,
    requestedAt: instant,
  }),
  PasswordChanged: z.strictObject({ userId, passwordHash: text, ticketId: ticketId.nullable(), changedAt: instant }),
  SessionsEnded: z.strictObject({
    userId,
    epoch: z.int().min(1),
    exceptSessionId: sessionId.nullable(),
    endedAt: instant,
  }),
  ProfileChanged: z.strictObject({
    userId,
    displayName: text,
    bio: text.nullable(),
    avatarMediaId: mediaId.exactOptional(),
    changedAt: instant,
  }),
  SettingsChanged: z.strictObject({
    userId,
    readReceipts: z.boolean(),
    presence: z.enum(PRESENCE_AUDIENCES),
    locale: text,
    notifications: z.boolean(),
    changedAt: instant,
  }),
  ContactAdded: z.strictObject({ userId, contactId: userId, addedAt: instant }),
  ContactRemoved: z.strictObject({ userId, contactId: userId, removedAt: instant }),
  UserBlocked: z.strictObject({ userId, blockedId: userId, blockedAt: instant }),
  UserUnblocked: z.strictObject({ userId, blockedId: userId, unblockedAt: instant }),
  RoleGranted: z.strictObject({ userId, role, grantedBy: userId.nullable(), grantedAt: instant }),
  RoleRevoked: z.strictObject({ userId, role, revokedBy: userId.nullable(), revokedAt: instant }),
  UserErased: z.strictObject({
    userId,
    keyIds: z.array(keyId).min(1).exactOptional(),
    erasedBy: userId.nullable(),
    erasedAt: instant,
  }),
});

export const userPersonal = personalIn<UserEvents>({
  UserRegistered: { of: 'userId', boundSince: 3, fields: ['username', 'email', 'displayName', 'passwordHash'] },
  PasswordChanged: { of: 'userId', boundSince: 2, fields: ['passwordHash'] },
  ProfileChanged: { of: 'userId', boundSince: 2, fields: ['displayName', 'bio'] },
});
