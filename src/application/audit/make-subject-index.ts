import { LOG_START } from '../../domain/kernel/position.js';
import type { AuditedLog } from '../ports/audited-log.js';
import type { IndexedStretch, SubjectBucket } from '../ports/subject-indexes.js';
import type { LogTree } from '../ports/tree-store.js';
import { eventsIn } from './events-in.js';
import { GatheredSubjects, rootOfBuckets, sealedBucket, type BlindedTree } from './subject-buckets.js';
import { TreeFault } from './tree-fault.js';

export interface SubjectIndexSources extends BlindedTree {
  readonly log: AuditedLog;
  readonly tree: Pick<LogTree, 'positions' | 'indexOf'>;
  readonly pause: (milliseconds: number) => Promise<void>;
  /** It is given when the server stops. */
  readonly stopping: AbortSignal;
}

/** So many parts of an index are made before others have their turn. */
const BUCKETS_AT_ONCE = 32;

/** Answers where the events of some leaves are. Raises `TreeFault`. */
export const stretchOf = async ({ tree }: Pick<SubjectIndexSources, 'tree'>, { begin, end }: IndexedStretch) => {
  const positions = await tree.positions(Math.max(0, begin - 1), end);
  const [first, upTo] = [positions[0], positions.at(-1)];
  if (first === undefined || upTo === undefined) throw new TreeFault('the tree has no such leaves');
  return { after: begin === 0 ? LOG_START : first, upTo };
};

const gathered = async (sources: SubjectIndexSources, stretch: IndexedStretch): Promise<GatheredSubjects> => {
  const { log, sha256, stopping } = sources;
  const subjects = new GatheredSubjects(sha256);
  let leaf = stretch.begin;
  for await (const event of eventsIn(log, await stretchOf(sources, stretch))) {
    stopping.throwIfAborted();
    subjects.add(leaf++, event);
  }
  return subjects;
};

/** Answers the index of what was gathered from a leaf on. */
export const sealedIndex = async (
  { pause, ...tree }: BlindedTree & Pick<SubjectIndexSources, 'pause'>,
  begin: number,
  subjects: GatheredSubjects,
) => {
  const buckets: SubjectBucket[] = [];
  for (const each of subjects.byBucket()) {
    buckets.push(sealedBucket(tree, begin, each));
    if (buckets.length % BUCKETS_AT_ONCE === 0) await pause(0);
  }
  const roots = buckets.map(({ root }) => root);
  return { buckets, roots, subjects: subjects.size, root: rootOfBuckets(tree.sha256, roots) };
};

/** Makes the index of some leaves from the log. Raises `TreeFault` where the tree has not got them. */
export const makeSubjectIndex = async (sources: SubjectIndexSources, stretch: IndexedStretch) =>
  sealedIndex(sources, stretch.begin, await gathered(sources, stretch));
