import { toHex } from '../../domain/audit/bytes.js';
import type { Sha256Of, TreeHash } from '../../domain/audit/merkle-tree.js';
import {
  compareLabels,
  entryHash,
  labelOf,
  levelsAbove,
  pathBelow,
  rootBelow,
  type SlotEntry,
  type Subject,
} from '../../domain/audit/subject-tree.js';
import type { ShownSubject } from '../../domain/audit/verify-subject.js';
import type { AuditedEvent } from '../ports/audited-log.js';
import type { BlindOf, FoundBucket, IndexedStretch, IndexedSubject, SubjectBucket } from '../ports/subject-indexes.js';

/** An index is kept in so many parts, by the first bits of the labels: a proof needs one of them. */
const BUCKET_BITS = 10;
const BUCKETS = 2 ** BUCKET_BITS;

/** Answers the part of an index in which a label stands. */
export const bucketOf = (label: Uint8Array): number => (((label[0] ?? 0) << 8) | (label[1] ?? 0)) >> (16 - BUCKET_BITS);

/** Answers what an event is of: its conversation, and the users whom it concerns. */
const subjectsOf = ({ conversationId, userIds }: AuditedEvent): Subject[] => [
  ...(conversationId === null ? [] : [{ kind: 'conversation' as const, id: conversationId }]),
  ...userIds.map((id) => ({ kind: 'user' as const, id })),
];

/** The subjects of a stretch while its events are read, leaf by leaf. */
export class GatheredSubjects {
  readonly #sha256: Sha256Of;
  readonly #subjects = new Map<string, { readonly label: Uint8Array; readonly leaves: number[] }>();
  readonly #labels = new Map<string, string>();

  constructor(sha256: Sha256Of) {
    this.#sha256 = sha256;
  }

  get size(): number {
    return this.#subjects.size;
  }

  add(leaf: number, event: AuditedEvent): void {
    for (const subject of subjectsOf(event)) this.#leavesOf(subject).push(leaf);
  }

  #leavesOf(subject: Subject): number[] {
    const name = `${subject.kind} ${subject.id}`;
    const known = this.#subjects.get(this.#labels.get(name) ?? '');
    if (known) return known.leaves;
    const label = labelOf(this.#sha256, subject);
    const made = { label, leaves: [] };
    this.#labels.set(name, toHex(label));
    this.#subjects.set(toHex(label), made);
    return made.leaves;
  }

  /** Answers the subjects by the part of the index in which they stand. */
  byBucket(): readonly (readonly IndexedSubject[])[] {
    const buckets: IndexedSubject[][] = Array.from({ length: BUCKETS }, () => []);
    for (const subject of this.#subjects.values()) buckets[bucketOf(subject.label)]?.push(subject);
    return buckets.map((subjects) => subjects.sort((one, other) => compareLabels(one.label, other.label)));
  }
}

export interface BlindedTree {
  readonly sha256: Sha256Of;
  readonly blindOf: BlindOf;
}

const entriesOf = ({ sha256, blindOf }: BlindedTree, begin: number, subjects: readonly IndexedSubject[]): SlotEntry[] =>
  subjects.map(({ label, leaves }) => ({
    label,
    hash: entryHash(sha256, label, { blind: blindOf(begin, label), leaves }),
  }));

/** Answers a part of the index that begins with a leaf. */
export const sealedBucket = (tree: BlindedTree, begin: number, subjects: readonly IndexedSubject[]): SubjectBucket => ({
  root: rootBelow(tree.sha256, entriesOf(tree, begin, subjects), BUCKET_BITS),
  subjects,
});

/** Answers the root of an index. */
export const rootOfBuckets = (sha256: Sha256Of, roots: readonly TreeHash[]): TreeHash =>
  levelsAbove(sha256, roots).at(-1)?.[0] as TreeHash;

/** Answers what stands beside the way from the root of an index to one of its parts, the root's children first. */
const siblingsAbove = (sha256: Sha256Of, roots: readonly TreeHash[], bucket: number): TreeHash[] =>
  levelsAbove(sha256, roots)
    .slice(0, -1)
    .map((nodes, height) => nodes[(bucket >> height) ^ 1] as TreeHash)
    .reverse();

/** Shows what a subject has in an index, whose root is that of the event with this leaf. */
export const shownSubject = (
  tree: BlindedTree,
  label: Uint8Array,
  { leaf, begin, found }: Pick<IndexedStretch, 'begin'> & { readonly leaf: number; readonly found: FoundBucket },
): ShownSubject => {
  const { siblings, slot } = pathBelow(tree.sha256, entriesOf(tree, begin, found.subjects), label, BUCKET_BITS);
  const own = found.subjects.find((each) => compareLabels(each.label, label) === 0);
  return {
    leaf,
    siblings: [...siblingsAbove(tree.sha256, found.roots, bucketOf(label)), ...siblings],
    slot: slot.filter((each) => compareLabels(each.label, label) !== 0),
    own: own && { blind: tree.blindOf(begin, label), leaves: own.leaves },
  };
};
