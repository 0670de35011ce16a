import type { Subject } from './subject-tree.js';

/** All events of a conversation or a user among some leaves: those from `begin` on, `end` not included. */
export interface SubjectScope extends Subject {
  readonly begin: number;
  readonly end: number;
}

/** What a bundle shows: all events of a range of positions, both included, those of a subject, or some that were chosen. */
export type BundleScope =
  { readonly kind: 'range'; readonly from: string; readonly to: string } | SubjectScope | { readonly kind: 'chosen' };

/** Says whether a bundle is of a conversation or a user. */
export const isOfSubject = (scope: BundleScope): scope is SubjectScope =>
  scope.kind === 'conversation' || scope.kind === 'user';

export interface BundlePart {
  readonly name: string;
  readonly size: number;
  /** In hex. */
  readonly sha256: string;
}

/** The list of what is in a bundle. */
export interface BundleManifest {
  readonly format: typeof BUNDLE_FORMAT;
  readonly scope: BundleScope;
  /** How many leaves the tree has that the checkpoint signs. */
  readonly size: number;
  readonly parts: readonly BundlePart[];
}

export const BUNDLE_FORMAT = 'chatapp-audit-bundle/v1';
export const MANIFEST = 'manifest.json';

/** The parts that every bundle has beside the manifest, in this order. Files follow below `media/`. */
export const PARTS = [
  'checkpoint.txt',
  'log-keys.txt',
  'events.ndjson',
  'proof.txt',
  'index.ndjson',
  'keys.ndjson',
  'names.ndjson',
  'view.ndjson',
  'transcript.html',
] as const;

export const MEDIA_FOLDER = 'media/';

/** Something in a bundle is not as it should be; the message says what. */
export class BundleFault extends Error {
  override readonly name = 'BundleFault';
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A text in JSON, and whether it is the name of a field. */
const TEXT_OR_NAME = /"[^"\\]*(?:\\.[^"\\]*)*"\s*(:?)/gs;

/** Counts the fields in a value of JSON. */
const fieldsIn = (value: unknown): number => {
  if (typeof value !== 'object' || value === null) return 0;
  const values: readonly unknown[] = Object.values(value);
  return values.reduce<number>((sum, each) => sum + fieldsIn(each), Array.isArray(value) ? 0 : values.length);
};

/** Says whether an object in a text of JSON has a field twice: of two, some programs take the first one, and others the last. */
const hasFieldTwice = (text: string, value: unknown): boolean =>
  [...text.matchAll(TEXT_OR_NAME)].filter(([, colon]) => colon === ':').length !== fieldsIn(value);

const parsed = (text: string, what: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new BundleFault(`${what} is no JSON`, { cause: error });
  }
};

/** Reads a line or a document of a bundle. Raises `BundleFault`. */
export const recordIn = (text: string, what: string): Readonly<Record<string, unknown>> => {
  const value = parsed(text, what);
  if (!isRecord(value)) throw new BundleFault(`${what} is no object`);
  if (hasFieldTwice(text, value)) throw new BundleFault(`${what} has a field twice`);
  return value;
};

const POSITION = /^\d{1,20}$/;
const isText = (value: unknown): value is string => typeof value === 'string';
const isPosition = (value: unknown): value is string => isText(value) && POSITION.test(value);

const SCOPES: Readonly<Record<string, (scope: Readonly<Record<string, unknown>>) => boolean>> = {
  chosen: () => true,
  range: ({ from, to }) => isPosition(from) && isPosition(to),
  conversation: ({ id, begin, end }) => isText(id) && Number.isSafeInteger(begin) && Number.isSafeInteger(end),
  user: ({ id, begin, end }) => isText(id) && Number.isSafeInteger(begin) && Number.isSafeInteger(end),
};

const isScope = (scope: unknown): scope is BundleScope => {
  if (!isRecord(scope) || !isText(scope['kind']) || !Object.hasOwn(SCOPES, scope['kind'])) return false;
  return SCOPES[scope['kind']]?.(scope) ?? false;
};

const isPart = (part: unknown): part is BundlePart =>
  isRecord(part) && isText(part['name']) && isText(part['sha256']) && Number.isSafeInteger(part['size']);

/** Reads a manifest. Raises `BundleFault`. */
export const parseManifest = (text: string): BundleManifest => {
  const { format, scope, size, parts } = recordIn(text, 'the manifest');
  if (format !== BUNDLE_FORMAT) throw new BundleFault(`the bundle is none of the format ${BUNDLE_FORMAT}`);
  if (!isScope(scope)) throw new BundleFault('the manifest does not say what the bundle shows');
  if (!Number.isSafeInteger(size)) throw new BundleFault('the manifest does not say how large the tree is');
  if (!Array.isArray(parts) || !parts.every(isPart)) throw new BundleFault('the manifest does not list the parts');
  return { format, scope, size: size as number, parts };
};
