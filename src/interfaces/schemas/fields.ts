import { z } from 'zod';
import { hasReached } from '../../domain/kernel/position.js';
import { showsSomething } from '../../domain/kernel/visible.js';
import { MAX_ATTACHMENTS } from '../../domain/messages/attachments.js';
import { isText, MAX_TEXT_LENGTH } from '../../domain/messages/text.js';
import type {
  ConversationId,
  Instant,
  MediaId,
  MessageId,
  Position,
  UserId,
  SessionId,
} from '../../domain/kernel/ids.js';
import { isEmoji } from '../../domain/reactions/emoji.js';
import { USER_ROLES } from '../../domain/users/roles.js';
import { PRESENCE_AUDIENCES } from '../../domain/users/settings.js';
import { USERNAME_PATTERN } from '../../domain/users/username.js';
import { publishedAs } from './published.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

const id = <Id extends string>(example: string) =>
  z
    .string()
    .regex(UUID, 'takes a UUID in lower case')
    .meta({ format: 'uuid', examples: [example] }) as unknown as z.ZodType<Id, Id>;

export const userId = id<UserId>('01980000-0000-7000-8000-000000000001');
export const sessionId = id<SessionId>('01980000-0000-7000-8000-000000000002');
export const conversationId = id<ConversationId>('01980000-0000-7000-8000-000000000003');
export const messageId = id<MessageId>('01980000-0000-7000-8000-000000000004');

export const mediaId = id<MediaId>('01980000-0000-7000-8000-000000000005');

/** Makes the schema of one line of text, without control characters and halves of characters. */
export const line = (min: number, max: number) =>
  z
    .string()
    .min(min)
    .max(max)
    .regex(/^\P{Cc}*$/u, 'holds control characters')
    .refine((value) => value.isWellFormed(), 'holds half a character');

const SHOWS_NOTHING = 'shows nothing';

/** The name of a user or a thing: one line that shows something. */
const label = (max: number) => line(1, max).refine(showsSomething, SHOWS_NOTHING);

/** The name that a user gives to the device with which they log in. */
export const device = label(64);

export const username = z
  .string()
  .regex(USERNAME_PATTERN, 'takes 3 to 32 letters, digits, dots, hyphens and underscores')
  .meta({ examples: ['ada'] });

export const email = z
  .email()
  .max(254)
  .meta({ examples: ['ada@example.com'] });

/** A field of which nothing is kept, not even a hash. Documents show it as a password. */
const SECRET = { format: 'password' } as const;

/** Answers the names of the fields of a body that are secret. */
export const secretFieldsOf = (body: z.ZodType | undefined): ReadonlySet<string> => {
  const fields = body instanceof z.ZodObject ? Object.entries<z.ZodType>(body.shape) : [];
  return new Set(fields.filter(([, field]) => field.meta()?.['format'] === SECRET.format).map(([name]) => name));
};

/** A password to be set. Its length is counted in characters, not in bytes. */
export const password = z
  .string()
  .refine((value) => value.isWellFormed() && !value.includes('\0'), 'holds NUL or half a character')
  .refine((value) => {
    const { length } = [...value.slice(0, 2 * 128 + 2)];
    return length >= 10 && length <= 128;
  }, 'takes 10 to 128 characters')
  .meta({ minLength: 10, maxLength: 128, ...SECRET });

/** A password to be compared: anything short enough may be tried. */
export const givenPassword = z
  .string()
  .min(1)
  .max(1_024)
  .refine((value) => value.isWellFormed() && !value.includes('\0'), 'holds NUL or half a character')
  .meta(SECRET);

/** Characters that change the direction of what follows: with them a name could rearrange the text around it. */
const TURNS_DIRECTION = /[\u202a-\u202e\u2066-\u2069]/u;

export const displayName = label(64).refine(
  (value) => !TURNS_DIRECTION.test(value),
  'holds characters that turn the direction of the text',
);

const isProse = (value: string): boolean => value.isWellFormed() && !/[^\P{Cc}\n\t]/u.test(value);

/** A user's text about themselves, of several lines. */
export const bio = z
  .string()
  .min(1)
  .max(500)
  .refine(isProse, 'holds control characters or half a character')
  .refine(showsSomething, SHOWS_NOTHING);

const canonicalLocale = (tag: string): string | undefined => {
  try {
    return Intl.getCanonicalLocales(tag)[0];
  } catch {
    return undefined; // The text is no language tag: the schema says so.
  }
};

/** A BCP 47 language tag, in its canonical spelling. A language, a script and a region are published; there is more. */
export const locale = publishedAs(
  z
    .string()
    .max(35)
    .refine((tag) => canonicalLocale(tag) !== undefined, 'takes a language tag such as en or de-AT')
    .transform((tag) => canonicalLocale(tag) ?? tag),
  { type: 'string', pattern: '^[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?$', examples: ['en', 'de-AT'] },
);

export const presenceAudience = z.enum(PRESENCE_AUDIENCES);

export const userRole = z.enum(USER_ROLES);

export const title = label(120);

export const text = z
  .string()
  .refine(
    (value) => isText(value.normalize('NFC')),
    'takes 1 to 8,000 characters, none of them NUL or half a character',
  )
  .refine(showsSomething, SHOWS_NOTHING)
  .meta({ minLength: 1, maxLength: MAX_TEXT_LENGTH });

/** The files that a message is to carry. */
export const attachments = z
  .array(mediaId)
  .max(MAX_ATTACHMENTS)
  .refine((given) => new Set(given).size === given.length, 'names a file twice')
  .meta({ uniqueItems: true });

export const emoji = z
  .string()
  .refine(isEmoji, 'takes one emoji')
  .meta({ examples: ['👍'] });

export const role = z.enum(['owner', 'admin', 'member']);

export const token = z
  .string()
  .max(4_096)
  .regex(/^[\x21-\x7e]+$/, 'takes visible ASCII characters')
  .meta(SECRET);

export const cursor = z.string().min(1).max(64);

/** The last position that the log can have: a position is a 64-bit integer. */
const LAST_POSITION = '9223372036854775807' as Position;

export const position = publishedAs(
  z
    .string()
    .regex(/^\d{1,19}$/, 'takes a position')
    .refine(
      (value) => hasReached(LAST_POSITION, value as Position),
      `takes a position up to ${LAST_POSITION}`,
    ) as unknown as z.ZodType<Position, Position>,
  { type: 'string', pattern: '^\\d{1,18}$' },
);

export const instant = z.iso.datetime({
  offset: true,
  error: 'takes a time such as 2026-01-31T12:00:00Z',
}) as unknown as z.ZodType<Instant, Instant>;

/** A number in a query. */
export const pageSize = (max: number, fallback: number) =>
  publishedAs(
    z
      .string()
      .regex(/^\d{1,4}$/, 'takes a whole number')
      .transform(Number)
      .refine((value) => value >= 1 && value <= max, `lies between 1 and ${max}`)
      .default(fallback),
    { type: 'integer', minimum: 1, maximum: max, default: fallback },
  );

/** The headers by which a client asks for a part of a file, or for one that it does not have yet. */
/** The signature of a link to a file. */
export const mediaLink = z
  .string()
  .max(200)
  .meta({ description: 'In place of an access token: the links of attachments have it.' });

export const contentRequest = z.object({
  range: z.string().max(200).optional(),
  'if-none-match': z.string().max(1_000).optional(),
  'if-range': z.string().max(200).optional(),
});
