import { concatBytes, equalBytes, utf8 } from './bytes.js';
import { hashChildren, type Sha256Of, type TreeHash } from './merkle-tree.js';

/** Of whom or what all events are wanted. */
export interface Subject {
  readonly kind: 'conversation' | 'user';
  readonly id: string;
}

/** So many leaves of the log are in one index of subjects; the last one may have fewer. */
export const STRETCH_LEAVES = 16_384;

/** The stream of the indexes of subjects, and the type of its events. */
export const INDEX_STREAM = 'auditindex-log';
export const INDEX_TYPE = 'SubjectsIndexed';

/** The depth of the tree: so many bits of a label say where its slot is. */
export const SLOT_BITS = 40;

/** The root of a part in which no slot is taken. It is the hash of nothing that anybody knows. */
export const EMPTY: TreeHash = new Uint8Array(32);

const SLOT = Uint8Array.of(0);
const ENTRY = Uint8Array.of(2);
const LEAF_BYTES = 8;

/** A subject in the slot of its label, without saying which leaves it has. */
export interface SlotEntry {
  readonly label: Uint8Array;
  readonly hash: TreeHash;
}

/** Answers the name of a subject in the tree: the hash of its id, so that who knows the id finds it, and nobody reads it. */
export const labelOf = (sha256: Sha256Of, { kind, id }: Subject): Uint8Array =>
  sha256(utf8(`chatapp-subject/v1\n${kind}\n${id}`));

const leafBytes = (leaf: number): Uint8Array => {
  const bytes = new Uint8Array(LEAF_BYTES);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(leaf));
  return bytes;
};

/** Answers the hash of a subject with its leaves. The blind, 32 bytes that nobody can guess, keeps these from being tried. */
export const entryHash = (
  sha256: Sha256Of,
  label: Uint8Array,
  { blind, leaves }: { readonly blind: Uint8Array; readonly leaves: readonly number[] },
): TreeHash => sha256(concatBytes([ENTRY, label, blind, ...leaves.map(leafBytes)]));

export const compareLabels = (one: Uint8Array, other: Uint8Array): number => {
  const at = one.findIndex((byte, index) => byte !== other[index]);
  return at < 0 ? 0 : (one[at] as number) - (other[at] as number);
};

const slotHash = (sha256: Sha256Of, entries: readonly SlotEntry[]): TreeHash =>
  entries.length === 0 ? EMPTY : sha256(concatBytes([SLOT, ...entries.flatMap(({ label, hash }) => [label, hash])]));

const nodeHash = (sha256: Sha256Of, left: TreeHash, right: TreeHash): TreeHash =>
  equalBytes(left, EMPTY) && equalBytes(right, EMPTY) ? EMPTY : hashChildren(sha256, left, right);

const bitAt = (label: Uint8Array, depth: number): number => ((label[depth >> 3] as number) >> (7 - (depth & 7))) & 1;

/** Divides entries, which ascend by their labels, by one bit of these. */
const halvesOf = (
  entries: readonly SlotEntry[],
  depth: number,
): readonly [readonly SlotEntry[], readonly SlotEntry[]] => {
  const middle = entries.findIndex(({ label }) => bitAt(label, depth) === 1);
  return middle < 0 ? [entries, []] : [entries.slice(0, middle), entries.slice(middle)];
};

/** Answers the root of the part of the tree below a depth that holds these entries, which ascend by their labels. */
export const rootBelow = (sha256: Sha256Of, entries: readonly SlotEntry[], depth: number): TreeHash => {
  if (entries.length === 0) return EMPTY;
  if (depth === SLOT_BITS) return slotHash(sha256, entries);
  const [left, right] = halvesOf(entries, depth);
  return nodeHash(sha256, rootBelow(sha256, left, depth + 1), rootBelow(sha256, right, depth + 1));
};

/** A slot of the tree, and what stands beside the way from the root to it, the root's children first. */
export interface SlotPath {
  readonly siblings: readonly TreeHash[];
  readonly slot: readonly SlotEntry[];
}

/** Answers the slot of a label, and what stands beside the way to it from a depth on. */
export const pathBelow = (
  sha256: Sha256Of,
  entries: readonly SlotEntry[],
  label: Uint8Array,
  depth: number,
): SlotPath => {
  const siblings: TreeHash[] = [];
  let slot = entries;
  for (let at = depth; at < SLOT_BITS; at += 1) {
    const [left, right] = halvesOf(slot, at);
    const isRight = bitAt(label, at) === 1;
    siblings.push(rootBelow(sha256, isRight ? left : right, at + 1));
    slot = isRight ? right : left;
  }
  return { siblings, slot };
};

/** Answers the levels above some nodes, a power of two of them: the nodes themselves first, the root last. */
export const levelsAbove = (sha256: Sha256Of, nodes: readonly TreeHash[]): readonly (readonly TreeHash[])[] => {
  const levels = [nodes];
  for (let below = nodes; below.length > 1; below = levels.at(-1) as readonly TreeHash[])
    levels.push(
      Array.from({ length: below.length / 2 }, (_, n) =>
        nodeHash(sha256, below[2 * n] as TreeHash, below[2 * n + 1] as TreeHash),
      ),
    );
  return levels;
};

/** Answers the root that a slot and what stands beside its way lead to. Raises `RangeError` where the way has another length. */
export const rootOfPath = (sha256: Sha256Of, label: Uint8Array, { siblings, slot }: SlotPath): TreeHash => {
  if (siblings.length !== SLOT_BITS) throw new RangeError('the way to a slot has another length');
  return siblings.reduceRight<TreeHash>(
    (below, sibling, depth) =>
      bitAt(label, depth) === 1 ? nodeHash(sha256, sibling, below) : nodeHash(sha256, below, sibling),
    slotHash(sha256, slot),
  );
};
