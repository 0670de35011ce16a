import { equalBytes, fromBase64, toBase64 } from '../../domain/audit/bytes.js';
import type { AuditEvents } from '../../domain/audit/events.js';
import { subjectIndex } from '../../domain/audit/decider.js';
import { INDEX_STREAM, labelOf, STRETCH_LEAVES, type Subject } from '../../domain/audit/subject-tree.js';
import type { ShownSubject } from '../../domain/audit/verify-subject.js';
import { idOfStream, type Position, type StreamId } from '../../domain/kernel/ids.js';
import { LOG_START } from '../../domain/kernel/position.js';
import { decision } from '../kernel/decision.js';
import { load } from '../kernel/loaded.js';
import type { Transact } from '../kernel/transact.js';
import type { Clock } from '../ports/clock.js';
import type { EventStore } from '../ports/event-store.js';
import type { Identifiers } from '../ports/identifiers.js';
import type { FoundBucket, IndexedStretch, SubjectIndexes } from '../ports/subject-indexes.js';
import { makeSubjectIndex, type SubjectIndexSources } from './make-subject-index.js';
import { ProofPendingError } from './proof-pending.js';
import { bucketOf, rootOfBuckets, shownSubject } from './subject-buckets.js';
import { TreeFault } from './tree-fault.js';

export interface SubjectIndexParts extends SubjectIndexSources {
  readonly transact: Transact;
  readonly identifiers: Pick<Identifiers, 'newCommandId'>;
  readonly clock: Clock;
  readonly store: EventStore;
  readonly indexes: SubjectIndexes;
}

/** An index that is in the log. */
export interface LoggedIndex extends IndexedStretch {
  readonly position: Position;
  readonly root: string;
}

const INDEX_ID = idOfStream(INDEX_STREAM);
/** How long who asks waits: what is left goes on, and they ask again. */
const LONGEST_MS = 4_000;

/** Answers the indexes of the log, one behind the other; of those that begin with the same leaf the last one. */
const listIndexes = async (store: EventStore): Promise<LoggedIndex[]> => {
  const byBegin = new Map<number, LoggedIndex>();
  for await (const { data, position } of store.readStream(INDEX_STREAM as StreamId)) {
    const { begin, end, root } = data as AuditEvents['SubjectsIndexed'];
    byBegin.set(begin, { begin, end, root, position });
  }
  return [...byBegin.values()];
};

/** Answers a part of an index; one that is not kept, or is kept as it should not be, is made again. Raises `TreeFault`. */
const foundIn = async (parts: SubjectIndexParts, index: LoggedIndex, bucket: number): Promise<FoundBucket> => {
  const { indexes, sha256 } = parts;
  const root = fromBase64(index.root);
  const kept = await indexes.find(index, bucket);
  if (kept && equalBytes(rootOfBuckets(sha256, kept.roots), root)) return kept;
  const again = await makeSubjectIndex(parts, index);
  if (!equalBytes(again.root, root))
    throw new TreeFault(`the index of the leaves from ${index.begin} on is not that of what the log holds`);
  await indexes.keep(index, again.buckets);
  return { roots: again.roots, subjects: again.buckets[bucket]?.subjects ?? [] };
};

/** Indexes the next stretch, as far as the log is to be indexed. Another node may do it at the same time: the log takes one. */
const indexNext = async (parts: SubjectIndexParts, begin: number, size: number): Promise<void> => {
  const { transact, identifiers, clock, indexes } = parts;
  const stretch = { begin, end: Math.min(begin + STRETCH_LEAVES, size) };
  const { buckets, subjects, root } = await makeSubjectIndex(parts, stretch);
  await indexes.keep(stretch, buckets);
  const commandId = identifiers.newCommandId();
  const ids = { commandId, correlationId: commandId, causationId: commandId };
  const at = clock();
  const data = { ...stretch, root: toBase64(root), subjects, at };
  await transact({ ...ids, actor: null, sessionId: null, now: at, address: 'chatapp', claim: null }, async () => ({
    decisions: [decision(subjectIndex, INDEX_ID, { type: 'IndexSubjects', data })],
    answer: () => ({}),
  }));
};

/** Makes the indexes of subjects, and shows from them what a subject has. */
export const indexSubjects = (parts: SubjectIndexParts) => {
  const { store, tree, pause } = parts;
  let running: Promise<void> = Promise.resolve();

  const indexUpTo = async (size: number): Promise<void> => {
    for (;;) {
      const { state } = await load(store, subjectIndex, INDEX_ID);
      if (state.end >= size) return;
      await indexNext(parts, state.begin, size);
    }
  };

  return {
    /**
     * Waits until so many leaves are indexed, and answers where the last index stands in the log. Raises `ProofPendingError` where that
     * takes long: it goes on meanwhile.
     */
    untilIndexed: async (size: number): Promise<Position> => {
      const work = running.then(() => indexUpTo(size));
      running = work.catch(() => undefined); // who waits is told
      const isDone = await Promise.race([work.then(() => true), pause(LONGEST_MS).then(() => false)]);
      if (!isDone) throw new ProofPendingError('the log is being indexed');
      return (await load(store, subjectIndex, INDEX_ID)).lastPosition ?? LOG_START;
    },
    /** Shows what a subject has in the indexes that hold some of these leaves, the first one first. */
    show: async (
      subject: Subject,
      { begin, end }: IndexedStretch,
    ): Promise<readonly (ShownSubject & LoggedIndex)[]> => {
      const label = labelOf(parts.sha256, subject);
      const shown: (ShownSubject & LoggedIndex)[] = [];
      for (const index of (await listIndexes(store)).filter((each) => each.begin < end && each.end > begin)) {
        const leaf = await tree.indexOf(index.position);
        if (leaf === undefined) throw new ProofPendingError('the index is not under the tree yet');
        const found = await foundIn(parts, index, bucketOf(label));
        shown.push({ ...index, ...shownSubject(parts, label, { leaf, begin: index.begin, found }) });
      }
      return shown;
    },
  };
};

export type SubjectIndex = ReturnType<typeof indexSubjects>;
