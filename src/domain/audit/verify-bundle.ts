import { equalBytes, fromBase64, textIn, toHex } from './bytes.js';
import {
  BundleFault,
  isOfSubject,
  MANIFEST,
  MEDIA_FOLDER,
  parseManifest,
  PARTS,
  recordIn,
  type BundleManifest,
  type BundleScope,
} from './bundle-manifest.js';
import { hasSealed, viewOf, type Closed, type EventView } from './event-view.js';
import { decodeLeaf, type DecodedLeaf } from './decode-leaf.js';
import { hashLeaf, type Sha256Of, type TreeHash } from './merkle-tree.js';
import { rootOfShown } from './multi-proof.js';
import { openCheckpoint, type AuditCrypto, type CheckpointTrust, type OpenedCheckpoint } from './open-checkpoint.js';
import type { SealCrypto } from './open-sealed.js';
import { TRANSCRIPT_END, transcriptHead, transcriptRow, type Names, type TranscriptFrame } from './transcript.js';
import { requireSubject } from './verify-subject.js';

/** The files of a bundle by name. */
export type BundleFiles = ReadonlyMap<string, Uint8Array>;

/** What a bundle proves. */
export interface BundleReport {
  readonly checkpoint: OpenedCheckpoint;
  readonly scope: BundleScope;
  /** Whether it is proven that no event of the scope is left out: so for all but chosen ones. */
  readonly complete: boolean;
  readonly events: number;
  /** Events whose sealed part is shown with its key. */
  readonly opened: number;
  /** Events whose sealed part is not shown. */
  readonly closed: number;
}

/** An entry of `events.ndjson`. An edge is a leaf beside the range, whose event is not shown. */
interface Entry {
  readonly index: number;
  readonly hash: TreeHash;
  readonly leaf: DecodedLeaf;
  readonly stored: { readonly data: Uint8Array; readonly metadata: Uint8Array } | undefined;
}

type Shown = Entry & { readonly stored: NonNullable<Entry['stored']> };
const isShown = (entry: Entry): entry is Shown => entry.stored !== undefined;

const REASONS: readonly unknown[] = ['erased', 'withheld', 'old', 'unreadable'] satisfies Closed[];

const fileIn = (files: BundleFiles, name: string): Uint8Array => {
  const bytes = files.get(name);
  if (!bytes) throw new BundleFault(`${name} is not in the bundle`);
  return bytes;
};

/** Checks that the bundle has exactly the parts that its manifest lists. */
const requireParts = (sha256: Sha256Of, files: BundleFiles, { parts }: BundleManifest): void => {
  const names = new Set(parts.map(({ name }) => name));
  const extra = [...files.keys()].find((name) => name !== MANIFEST && !names.has(name));
  if (extra !== undefined) throw new BundleFault(`${extra} is not in the manifest`);
  const missing = PARTS.find((name) => !names.has(name));
  if (missing !== undefined) throw new BundleFault(`the manifest has no ${missing}`);
  if (names.size !== parts.length) throw new BundleFault('the manifest lists a part twice');
  for (const { name, size, sha256: hash } of parts) {
    const bytes = fileIn(files, name);
    if (bytes.length !== size || toHex(sha256(bytes)) !== hash)
      throw new BundleFault(`${name} is not what the manifest says`);
  }
};

const LINE_FEED = 0x0a;

/** Answers the lines of a part. Each is decoded by itself: a part can be longer than a text may be. */
const linesOf = (files: BundleFiles, name: string): string[] => {
  const bytes = fileIn(files, name);
  if (bytes.length > 0 && bytes.at(-1) !== LINE_FEED) throw new BundleFault(`${name} was cut`);
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += 1) {
    const end = bytes.indexOf(LINE_FEED, at);
    lines.push(textIn(bytes.subarray(at, end)));
    at = end;
  }
  return lines;
};

const base64In = (value: unknown, what: string): Uint8Array => {
  if (typeof value !== 'string') throw new BundleFault(`${what} is missing`);
  return fromBase64(value);
};

const entryOf = (sha256: Sha256Of, line: string): Entry => {
  const { index, leaf: encoded, data, metadata } = recordIn(line, 'a line of events.ndjson');
  const bytes = base64In(encoded, 'a leaf');
  const leaf = decodeLeaf(bytes);
  const entry = { index: index as number, hash: hashLeaf(sha256, bytes), leaf };
  if (data === undefined && metadata === undefined) return { ...entry, stored: undefined };
  const stored = { data: base64In(data, 'the data'), metadata: base64In(metadata, 'the metadata') };
  const isRight = (content: Uint8Array, hash: Uint8Array): boolean => equalBytes(sha256(content), hash);
  if (!isRight(stored.data, leaf.dataHash) || !isRight(stored.metadata, leaf.metadataHash))
    throw new BundleFault(`leaf ${String(index)} is that of other bytes`);
  return { ...entry, stored };
};

type Range = Extract<BundleScope, { readonly kind: 'range' }>;

/** Answers a negative number where an entry stands before a range, 0 where it is in it, a positive number behind it. */
const placeIn = ({ from, to }: Range, { leaf }: Entry): number => {
  const position = BigInt(leaf.position);
  if (position < BigInt(from)) return -1;
  return position > BigInt(to) ? 1 : 0;
};

/** Checks that nothing of the range stands before the first entry or behind the last one. */
const requireEdges = (first: Entry, last: Entry, range: Range, size: number): void => {
  if (first.index > 0 && placeIn(range, first) >= 0) throw new BundleFault('the leaf before the range is left out');
  if (last.index < size - 1 && placeIn(range, last) <= 0)
    throw new BundleFault('the leaf behind the range is left out');
};

/** Checks that the entries are all leaves of a range of positions, and those beside it. */
const requireRange = (entries: readonly Entry[], range: Range, size: number): void => {
  const [first, last] = [entries[0], entries.at(-1)];
  if (!first || !last) throw new BundleFault('the bundle shows no leaf');
  if (entries.some(({ index }, at) => index !== first.index + at))
    throw new BundleFault('a leaf of the range is left out');
  if (entries.some((entry) => (placeIn(range, entry) === 0) !== isShown(entry)))
    throw new BundleFault('an event of the range is not shown, or one of no range is');
  requireEdges(first, last, range, size);
};

const requireShown = (entries: readonly Entry[]): void => {
  if (!entries.every(isShown)) throw new BundleFault('an event is not shown');
};

const keysIn = (files: BundleFiles, sealed: ReadonlySet<number>): ReadonlyMap<number, Uint8Array> => {
  const keys = new Map<number, Uint8Array>();
  for (const line of linesOf(files, 'keys.ndjson')) {
    const { index, key } = recordIn(line, 'a line of keys.ndjson');
    if (typeof index !== 'number' || !sealed.has(index) || keys.has(index))
      throw new BundleFault('a key belongs to no event that is shown, or to one that has one');
    keys.set(index, base64In(key, 'a key'));
  }
  return keys;
};

/** Writes a value in one form, whatever the order of its fields. */
const canonical = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([name, each]) => `${JSON.stringify(name)}:${canonical(each)}`).join(',')}}`;
};

/** Opens every event that is shown, and checks that the view says what was opened. */
const viewsOf = (crypto: SealCrypto, files: BundleFiles, entries: readonly Entry[]): EventView[] => {
  const shown = entries.filter(isShown);
  const sealed = new Set(shown.filter(({ stored }) => hasSealed(stored.data)).map(({ index }) => index));
  const keys = keysIn(files, sealed);
  const lines = linesOf(files, 'view.ndjson');
  if (lines.length !== shown.length) throw new BundleFault('the view has more or fewer events than are shown');
  return shown.map(({ index, leaf, stored }, at) => {
    const said = recordIn(lines[at] ?? '', 'a line of view.ndjson');
    const reason = REASONS.includes(said['closed']) ? (said['closed'] as Closed) : undefined;
    const view = viewOf(crypto, { index, leaf, ...stored }, keys.get(index) ?? reason);
    if (canonical(view) !== canonical(said)) throw new BundleFault(`the view of leaf ${index} says something else`);
    return view;
  });
};

const namesIn = (files: BundleFiles): Names => {
  const names = new Map<string, string>();
  for (const line of linesOf(files, 'names.ndjson')) {
    const { id, name } = recordIn(line, 'a line of names.ndjson');
    if (typeof id !== 'string' || typeof name !== 'string' || names.has(id))
      throw new BundleFault('a name belongs to no id, or to one that has one');
    names.set(id, name);
  }
  return names;
};

const requireTranscript = (files: BundleFiles, frame: TranscriptFrame, views: readonly EventView[]): void => {
  const rows = views.map((view) => transcriptRow(view, frame));
  const text = transcriptHead(frame) + rows.join('') + TRANSCRIPT_END;
  if (textIn(fileIn(files, 'transcript.html')) !== text) throw new BundleFault('the transcript says something else');
};

/** Checks that every file is the one of which an event that is shown says that it was uploaded. */
const requireMedia = (sha256: Sha256Of, files: BundleFiles, views: readonly EventView[]): void => {
  const uploaded = new Map(
    views.filter(({ type }) => type === 'MediaUploaded').map(({ data }) => [data['mediaId'], data['sha256']]),
  );
  for (const [name, bytes] of files) {
    if (name === MANIFEST || (PARTS as readonly string[]).includes(name)) continue;
    const mediaId = name.startsWith(MEDIA_FOLDER) ? name.slice(MEDIA_FOLDER.length) : '';
    if (uploaded.get(mediaId) !== toHex(sha256(bytes))) throw new BundleFault(`${name} is no file that is proven`);
  }
};

const verified = (crypto: AuditCrypto & SealCrypto, files: BundleFiles, trust: CheckpointTrust): BundleReport => {
  const { sha256 } = crypto;
  const manifest = parseManifest(textIn(fileIn(files, MANIFEST)));
  requireParts(sha256, files, manifest);
  const checkpoint = openCheckpoint(crypto, textIn(fileIn(files, 'checkpoint.txt')), trust);
  if (checkpoint.size !== manifest.size) throw new BundleFault('the checkpoint is that of another size');
  const entries = linesOf(files, 'events.ndjson').map((line) => entryOf(sha256, line));
  const hidden = linesOf(files, 'proof.txt').map(fromBase64);
  if (!equalBytes(rootOfShown(sha256, checkpoint.size, entries, hidden), checkpoint.root))
    throw new BundleFault('the leaves and the proof lead to another root than that of the checkpoint');
  const { scope } = manifest;
  if (scope.kind === 'range') requireRange(entries, scope, checkpoint.size);
  else requireShown(entries);
  const views = viewsOf(crypto, files, entries);
  if (isOfSubject(scope)) requireSubject(sha256, scope, linesOf(files, 'index.ndjson'), views);
  requireTranscript(files, { origin: checkpoint.origin, size: manifest.size, scope, names: namesIn(files) }, views);
  requireMedia(sha256, files, views);
  const opened = linesOf(files, 'keys.ndjson').length;
  const closed = views.filter((view) => view.closed !== null).length;
  return { checkpoint, scope, complete: scope.kind !== 'chosen', events: views.length, opened, closed };
};

/** Checks a bundle (docs/audit/README.md). Whatever is wrong with it is a `BundleFault`, which says what. */
export const verifyBundle = (
  crypto: AuditCrypto & SealCrypto,
  files: BundleFiles,
  trust: CheckpointTrust,
): BundleReport => {
  try {
    return verified(crypto, files, trust);
  } catch (error) {
    if (!(error instanceof Error) || error instanceof BundleFault) throw error;
    throw new BundleFault(error.message, { cause: error });
  }
};
