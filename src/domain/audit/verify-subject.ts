import { BundleFault, recordIn, type SubjectScope } from './bundle-manifest.js';
import { equalBytes, fromBase64, toBase64 } from './bytes.js';
import type { EventView } from './event-view.js';
import type { Sha256Of } from './merkle-tree.js';
import {
  compareLabels,
  EMPTY,
  entryHash,
  INDEX_STREAM,
  INDEX_TYPE,
  labelOf,
  rootOfPath,
  STRETCH_LEAVES,
  type SlotEntry,
  type SlotPath,
} from './subject-tree.js';

/** What a subject has in one index: its leaves, or nothing. */
export interface ShownSubject extends SlotPath {
  /** The number of the leaf of the event that holds the root of the index. */
  readonly leaf: number;
  /** It is undefined where the subject has nothing in this stretch; the slot then holds others alone. */
  readonly own: { readonly blind: Uint8Array; readonly leaves: readonly number[] } | undefined;
}

const nodeText = (hash: Uint8Array): string => (equalBytes(hash, EMPTY) ? '' : toBase64(hash));

/**
 * Reads a hash, a label or a blind. They all have one length: they are hashed one behind the other, and could otherwise be
 * divided in another place, so that a part of a label or a leaf seems to be something else.
 */
const hashIn = (text = ''): Uint8Array => {
  const bytes = fromBase64(text);
  if (bytes.length !== EMPTY.length) throw new BundleFault('a hash of an index has another length');
  return bytes;
};
const nodeOf = (text: string): Uint8Array => (text === '' ? EMPTY : hashIn(text));

/** Writes what a subject has in an index, as a line of `index.ndjson`. The slot holds the others in it. */
export const formatShownSubject = ({ leaf, siblings, slot, own }: ShownSubject): string =>
  `${JSON.stringify({
    leaf,
    siblings: siblings.map(nodeText),
    slot: slot.map(({ label, hash }) => ({ label: toBase64(label), hash: toBase64(hash) })),
    ...(own && { blind: toBase64(own.blind), leaves: own.leaves }),
  })}\n`;

const listIn = (value: unknown): readonly unknown[] => {
  if (!Array.isArray(value)) throw new BundleFault('a line of index.ndjson lacks a list');
  return value;
};

const slotEntryOf = (value: unknown): SlotEntry => {
  const { label, hash } = value as Readonly<Record<string, string>>;
  return { label: hashIn(label), hash: hashIn(hash) };
};

const parseShownSubject = (line: string): ShownSubject => {
  const { leaf, siblings, slot, blind, leaves } = recordIn(line, 'a line of index.ndjson');
  if (blind !== undefined && typeof blind !== 'string') throw new BundleFault('a blind of the index is none');
  return {
    leaf: leaf as number,
    siblings: listIn(siblings).map((text) => nodeOf(String(text))),
    slot: listIn(slot).map(slotEntryOf),
    own: blind === undefined ? undefined : { blind: hashIn(blind), leaves: listIn(leaves) as number[] },
  };
};

/** Answers the slot as the index has it: the others in it, and the subject in its place. */
const wholeSlot = (sha256: Sha256Of, label: Uint8Array, { slot, own }: ShownSubject): readonly SlotEntry[] => {
  const all = own ? [...slot, { label, hash: entryHash(sha256, label, own) }] : slot;
  const sorted = [...all].sort((one, other) => compareLabels(one.label, other.label));
  const isTwice = slot.some((each) => equalBytes(each.label, label));
  if (isTwice) throw new BundleFault('an index shows the subject beside what it has');
  return sorted;
};

interface Stretch {
  readonly begin: number;
  readonly end: number;
}

const stretchIn = ({ data }: EventView): Stretch & { readonly root: Uint8Array } => {
  const { begin, end, root } = data;
  const isStretch = Number.isSafeInteger(begin) && Number.isSafeInteger(end) && typeof root === 'string';
  if (!isStretch) throw new BundleFault('an event of the index does not say what it indexes');
  return { begin: begin as number, end: end as number, root: fromBase64(root) };
};

const requireLeaves = (leaves: readonly number[], { begin, end }: Stretch): void => {
  const isWrong = leaves.some(
    (leaf, at) => !Number.isSafeInteger(leaf) || leaf < begin || leaf >= end || leaf <= (leaves[at - 1] ?? -1),
  );
  if (isWrong) throw new BundleFault('an index lists leaves beyond its stretch, or in no order');
};

/** Checks one index, and answers which stretch it is of and which leaves the subject has in it. */
const requireIndex = (
  sha256: Sha256Of,
  label: Uint8Array,
  shown: ShownSubject,
  view: EventView | undefined,
): Stretch & { readonly leaves: readonly number[] } => {
  if (view?.type !== INDEX_TYPE || view.streamId !== INDEX_STREAM)
    throw new BundleFault('an index is that of no event that is shown');
  const { root, ...stretch } = stretchIn(view);
  const path = { siblings: shown.siblings, slot: wholeSlot(sha256, label, shown) };
  if (!equalBytes(rootOfPath(sha256, label, path), root))
    throw new BundleFault('an index does not say what the subject has in it');
  const leaves = shown.own?.leaves ?? [];
  requireLeaves(leaves, stretch);
  return { ...stretch, leaves };
};

/** Checks that the indexes cover the leaves of the scope without a gap. */
const requireCovered = (stretches: readonly Stretch[], { begin, end }: SubjectScope): void => {
  const [first, last] = [stretches[0], stretches.at(-1)];
  const isWrong = stretches.some(
    (stretch, at) => stretch.begin % STRETCH_LEAVES !== 0 || (at > 0 && stretch.begin !== stretches[at - 1]?.end),
  );
  if (!first || !last || isWrong || first.begin > begin || last.end < end)
    throw new BundleFault('the indexes do not cover the events of the scope');
};

/** Files are shown by the events that tell of their upload, and indexes by their own. */
const ADDED: readonly string[] = [INDEX_TYPE, 'MediaUploaded'];

/**
 * Checks that the events of a bundle are all of its subject, by the indexes that are under the tree themselves, and that nothing
 * is shown but these and what proves them. Raises `BundleFault`.
 */
export const requireSubject = (
  sha256: Sha256Of,
  scope: SubjectScope,
  lines: readonly string[],
  views: readonly EventView[],
): void => {
  const label = labelOf(sha256, scope);
  const byLeaf = new Map(views.map((view) => [view.index, view]));
  const indexes = lines
    .map(parseShownSubject)
    .map((shown) => requireIndex(sha256, label, shown, byLeaf.get(shown.leaf)));
  requireCovered(indexes, scope);
  const listed = indexes.flatMap(({ leaves }) => leaves).filter((leaf) => leaf >= scope.begin && leaf < scope.end);
  const missing = listed.find((leaf) => !byLeaf.has(leaf));
  if (missing !== undefined) throw new BundleFault(`leaf ${missing} is of the subject, and is left out`);
  const own = new Set(listed);
  if (views.some(({ index, type }) => !own.has(index) && !ADDED.includes(type)))
    throw new BundleFault('an event is shown that is not of the subject');
};
