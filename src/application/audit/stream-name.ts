import { ALL_HOLDS } from '../holds/standing-holds.js';
import { PROJECTIONS } from '../projections/registry.js';
import { ALL_RULES } from '../retention/rules.js';
import { INDEX_STREAM } from '../../domain/audit/subject-tree.js';
import { idOfStream } from '../../domain/kernel/ids.js';

/** The first part of the name of every stream. */
export const CATEGORIES = [
  ...['user', 'username', 'email', 'session', 'request'],
  ...['conversation', 'message', 'reaction', 'reading', 'delivery', 'pins', 'preferences', 'media', 'storage'],
  ...['audit', 'auditrefusal', 'auditrequest', 'auditindex', 'holds', 'retention', 'maintenance'],
] as const;

const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const HOUR = String.raw`\d{4}-\d{2}-\d{2}T\d{2}`;
/** A hash of 32 bytes in base64url. */
const HASH = String.raw`[\w-]{42}[AEIMQUYcgkosw048]`;
const WORDS = [...new Set([ALL_HOLDS, ALL_RULES, idOfStream(INDEX_STREAM), ...PROJECTIONS.map(({ name }) => name)])];

/**
 * What the name of a stream is: a category, and an id, two of them, an id and an hour, a keyed hash, or a word of the program. So nobody
 * can write a name or an address in the place of one, where a filter is kept.
 */
export const STREAM_NAME = new RegExp(
  `^(?:${CATEGORIES.join('|')})-(?:${UUID}(?:-${UUID}|-${HOUR})?|${HASH}|${WORDS.join('|')})$`,
);
