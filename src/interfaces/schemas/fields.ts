import { z } from 'zod';
import { COUNTS_CURSOR } from '../../application/audit/count-events.js';
import { EVENTS_CURSOR } from '../../application/audit/events-cursor.js';
import { VERSIONS_CURSOR } from '../../application/audit/message-versions.js';
import { HOLD_CURSOR } from '../../application/holds/hold-cursor.js';
import { PAST_CURSOR } from '../../application/audit/past-cursor.js';
import { INBOX_CURSOR } from '../../application/conversations/inbox-cursor.js';
import { CHANGES_CURSOR } from '../../application/messages/changes-cursor.js';
import { MESSAGE_CURSOR } from '../../application/messages/message-cursor.js';
import { RECEIPT_CURSOR } from '../../application/messages/receipt-cursor.js';
import { SEARCH_CURSOR } from '../../application/search/search-cursor.js';
import { USERNAME_CURSOR } from '../../application/users/username-cursor.js';
import { VISIBLE } from '../../domain/kernel/visible.js';
import { MAX_ATTACHMENTS } from '../../domain/messages/attachments.js';
import { FEW_MARKS, isText, MAX_TEXT_LENGTH } from '../../domain/messages/text.js';
import type {
  AuditRequestId,
  ConversationId,
  Instant,
  MaintenanceId,
  MediaId,
  MessageId,
  Position,
  UserId,
  SessionId,
} from '../../domain/kernel/ids.js';
import { isEmoji } from '../../domain/reactions/emoji.js';
import { MAX_QUERY_LENGTH, MAX_WORDS, searchWords } from '../../application/search/search-words.js';
import { USER_ROLES } from '../../domain/users/roles.js';
import { PRESENCE_AUDIENCES } from '../../domain/users/settings.js';
import { USERNAME_PATTERN } from '../../domain/users/username.js';
import { characters } from './characters.js';
import { numbersUpTo } from './numbers-up-to.js';
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

export const auditRequestId = id<AuditRequestId>('01980000-0000-7000-8000-000000000006');

export const maintenanceId = id<MaintenanceId>('01980000-0000-7000-8000-000000000007');

/** No NUL, and no half of a character. */
const WHOLE = /^[^\0\p{Cs}]*$/u;
const HOLDS_HALVES = 'holds NUL or half a character';

/** Makes the schema of one line of text, without control characters and halves of characters. */
export const line = (min: number, max: number) =>
  characters(min, max).regex(/^[^\p{Cc}\p{Cs}]*$/u, 'holds control characters or half a character');

const SHOWS_NOTHING = 'shows nothing';

/** The name of a user or a thing: one line that shows something. */
const label = (max: number, example: string) =>
  line(1, max)
    .regex(VISIBLE, SHOWS_NOTHING)
    .meta({ examples: [example] });

/** The name that a user gives to the device with which they log in. */
export const device = label(64, 'Laptop');

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

/** A password to be set. */
export const password = characters(10, 128).regex(WHOLE, HOLDS_HALVES).meta(SECRET);

/** A password to be compared: anything short enough may be tried. */
export const givenPassword = characters(1, 1_024).regex(WHOLE, HOLDS_HALVES).meta(SECRET);

const NAME = 'Ada Lovelace';

/** Without characters that change the direction of what follows: with them a name could rearrange the text around it. */
const KEEPS_DIRECTION = /^[^\u202a-\u202e\u2066-\u2069]*$/u;

export const displayName = label(64, NAME)
  .regex(KEEPS_DIRECTION, 'holds characters that turn the direction of the text')
  .meta({ examples: [NAME] });

/** A user's text about themselves, of several lines. */
export const bio = characters(1, 500)
  .regex(/^(?:[^\p{Cc}\p{Cs}]|[\n\t])*$/u, 'holds control characters or half a character')
  .regex(VISIBLE, SHOWS_NOTHING)
  .meta({ examples: ['I write programs for engines.'] });

/** A language, with a script, a region and a variant where they are given: a BCP 47 tag without extensions. */
const LOCALE = /^[A-Za-z]{2,3}(-[A-Za-z]{4})?(-([A-Za-z]{2}|\d{3}))?(-([A-Za-z\d]{5,8}|\d[A-Za-z\d]{3}))?$/;

/** It is kept in its canonical spelling. */
export const locale = z
  .string()
  .regex(LOCALE, 'takes a language tag such as en or de-AT')
  .meta({ examples: ['en', 'de-AT'] })
  .transform((tag) => Intl.getCanonicalLocales(tag)[0] ?? tag);

export const presenceAudience = z.enum(PRESENCE_AUDIENCES);

export const userRole = z.enum(USER_ROLES);

export const title = label(120, 'Engines');

/** Unicode's normal form C makes at most three characters of one. */
const GROWTH = 3;
/** Characters that may become more of them in normal form C, alone or with a letter before them; and some of their neighbours. */
const GROWING = '\\u0300-\\u036f\\u0958-\\u0fff\\u2adc\\ufb1d-\\ufb4e\\u{1d15e}-\\u{1d1c0}';

export const text = z
  .string()
  .regex(WHOLE, HOLDS_HALVES)
  .regex(VISIBLE, SHOWS_NOTHING)
  .regex(FEW_MARKS, { error: 'stacks more than 100 marks', abort: true })
  .refine((value) => isText(value.normalize('NFC')), 'takes 1 to 8,000 characters in normal form C')
  .meta({
    minLength: 1,
    maxLength: MAX_TEXT_LENGTH,
    // JSON Schema cannot count the length in normal form C. What this allows is short enough in any case.
    anyOf: [{ maxLength: Math.floor(MAX_TEXT_LENGTH / GROWTH) }, { pattern: `^[^${GROWING}]*$` }],
    description: 'At most 8,000 characters, counted in Unicode normal form C.',
    examples: ['Hello!'],
  });

/** The files that a message is to carry. */
export const attachments = z
  .array(mediaId)
  .max(MAX_ATTACHMENTS)
  .refine((given) => new Set(given).size === given.length, 'names a file twice')
  .meta({ uniqueItems: true });

/** One emoji. Those that are one character are published; there are more, which are sequences. */
export const emoji = publishedAs(z.string().refine(isEmoji, 'takes one emoji'), {
  type: 'string',
  allOf: [{ pattern: '^\\p{Emoji_Presentation}$' }, { pattern: '^[^\\u{1f1e6}-\\u{1f1ff}]$' }],
  description: 'One emoji of those that Unicode recommends for general interchange, sequences included.',
  examples: ['👍'],
});

export const role = z.enum(['owner', 'admin', 'member']);

export const token = z
  .string()
  .max(4_096)
  .regex(/^[\x21-\x7e]+$/, 'takes visible ASCII characters')
  .meta({ ...SECRET, examples: ['kx7Wq2_the-token-that-you-were-given'] });

/** What is looked for in messages. Plain words are published; there is more. */
export const searchText = publishedAs(
  line(1, MAX_QUERY_LENGTH)
    .refine((value) => searchWords(value).length > 0, 'names nothing to look for')
    .refine((value) => searchWords(value).length <= MAX_WORDS, `takes at most ${MAX_WORDS} words and phrases`),
  {
    type: 'string',
    maxLength: MAX_QUERY_LENGTH,
    pattern: `^[\\p{Lu}\\p{Ll}\\p{Nd}]+( [\\p{Lu}\\p{Ll}\\p{Nd}]+){0,${MAX_WORDS - 1}}$`,
    examples: ['lunch friday', '"see you"'],
  },
);

/** Makes the schema of the cursors of one kind of list. They are opaque to clients. */
const cursorOf = (form: RegExp, example: string) =>
  z
    .string()
    .regex(form, 'is no cursor of this list')
    .meta({ examples: [example] });

export const userCursor = cursorOf(USERNAME_CURSOR, 'uada');
export const inboxCursor = cursorOf(INBOX_CURSOR, 'c1234');
export const messageCursor = cursorOf(MESSAGE_CURSOR, 'm1');
export const receiptCursor = cursorOf(RECEIPT_CURSOR, 'r0190f5d2-7c1a-7b3e-9a4c-5d6e7f809112');
export const searchCursor = cursorOf(SEARCH_CURSOR, 's1234-1');
export const eventsCursor = cursorOf(EVENTS_CURSOR, 'e1234-5678');
export const versionsCursor = cursorOf(VERSIONS_CURSOR, 'v100');
export const holdCursor = cursorOf(HOLD_CURSOR, 'l01980000-0000-7000-8000-000000000001/2026-17');
export const pastCursor = cursorOf(PAST_CURSOR, 'p01980000-0000-7000-8000-000000000003.1234');
export const countsCursor = cursorOf(COUNTS_CURSOR, 't2026-01-31T12:00:00.000Z-MessageSent');
export const changesCursor = cursorOf(CHANGES_CURSOR, 'h1234');

/** A position is a 64-bit integer. */
const POSITION = new RegExp(`^(${numbersUpTo('9223372036854775807').join('|')})$`);

export const position = z
  .string()
  .regex(POSITION, 'takes a position')
  .meta({ examples: ['1234'] }) as unknown as z.ZodType<Position, Position>;

/** How many leaves a tree has. Beyond the largest, numbers of JavaScript are not exact. */
export const treeSize = publishedAs(
  z
    .string()
    .regex(/^(0|[1-9]\d{0,15})$/, 'takes a number of leaves')
    .transform(Number)
    .refine(Number.isSafeInteger, 'is larger than any log'),
  { type: 'integer', minimum: 0, maximum: 999_999_999_999_999, examples: [1] },
);

/** Other years than these, in UTC, are none that PostgreSQL takes as they are written. */
const YEARS = /^[1-8]\d{3}-/;

export const instant = z.iso
  .datetime({ offset: true, error: 'takes a time such as 2026-01-31T12:00:00Z' })
  .regex(YEARS, 'lies between the years 1000 and 8999')
  .meta({ format: 'date-time', examples: ['2026-01-31T12:00:00Z'] }) as unknown as z.ZodType<Instant, Instant>;

/** A moment, as events have it: in UTC, with milliseconds. */
export const moment = instant.transform((given) => new Date(given).toISOString() as Instant);

/** A number in a query. */
const numberUpTo = (max: number) =>
  z
    .string()
    .regex(/^\d{1,5}$/, 'takes a whole number')
    .transform(Number)
    .refine((value) => value >= 1 && value <= max, `lies between 1 and ${max}`);

/** A number in a query that may be left out. */
export const wholeNumber = (max: number) =>
  publishedAs(numberUpTo(max).optional(), { type: 'integer', minimum: 1, maximum: max });

export const pageSize = (max: number, fallback: number) =>
  publishedAs(numberUpTo(max).default(fallback), { type: 'integer', minimum: 1, maximum: max, default: fallback });

/** A name that a client gives to a request, under which it may repeat it. */
export const idempotencyKey = z
  .string()
  .regex(/^[\x21-\x7e]{1,128}$/, 'takes 1 to 128 visible ASCII characters')
  .meta({ examples: ['b7d3c1'] });

const header = (max: number, example: string) =>
  z
    .string()
    .regex(new RegExp(`^[ -~]{0,${max}}$`), 'takes visible ASCII characters')
    .meta({ examples: [example] });

/** The signature of a link to a file. */
export const mediaLink = z
  .string()
  .max(200)
  .meta({
    description: 'In place of an access token: the links of attachments have it.',
    examples: ['1769860800.the-signature-in-a-link-that-you-were-given'],
  });

const ETAG = '"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"';

/** The headers by which a client asks for a part of a file, or for one that it does not have yet. */
export const contentRequest = z.object({
  range: header(200, 'bytes=0-1023').optional(),
  'if-none-match': header(1_000, ETAG).optional(),
  'if-range': header(200, ETAG).optional(),
});
