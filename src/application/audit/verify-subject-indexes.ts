import { toBase64 } from '../../domain/audit/bytes.js';
import type { AuditEvents } from '../../domain/audit/events.js';
import { INDEX_STREAM, STRETCH_LEAVES } from '../../domain/audit/subject-tree.js';
import type { Position, StreamId } from '../../domain/kernel/ids.js';
import { comparePositions } from '../../domain/kernel/position.js';
import type { AuditedLog } from '../ports/audited-log.js';
import type { RawEvent, RawLog } from '../ports/raw-log.js';
import type { LogTree } from '../ports/tree-store.js';
import { eventsIn } from './events-in.js';
import { sealedIndex, stretchOf, type SubjectIndexSources } from './make-subject-index.js';
import type { Misfit } from './misfit.js';
import { GatheredSubjects, type BlindedTree } from './subject-buckets.js';

export interface VerifyIndexesParts extends BlindedTree, Pick<SubjectIndexSources, 'pause'> {
  readonly raw: Pick<RawLog, 'readStream'>;
  /** It needs no keys: what an event concerns is not sealed. */
  readonly log: Pick<AuditedLog, 'first'>;
  readonly tree: Pick<LogTree, 'positions' | 'indexOf'>;
  readonly onProgress: (events: number, total: number) => void;
}

export interface IndexVerification {
  /** How many indexes fit. */
  readonly indexes: number;
  readonly misfit: Misfit | undefined;
}

const PROGRESS_EVERY = 500;

type Said = Pick<AuditEvents['SubjectsIndexed'], 'begin' | 'end' | 'root' | 'subjects'>;

/** An index that is under the tree, and the leaf of its own event. */
interface ClaimedIndex extends Said {
  readonly position: Position;
  readonly leaf: number;
}

const misfitOf = ({ position }: Pick<ClaimedIndex, 'position'>, detail: string): Misfit => ({
  what: 'index',
  position,
  streamId: INDEX_STREAM as StreamId,
  detail,
});

const saidIn = ({ data }: RawEvent): Said | undefined => {
  try {
    const { begin, end, root, subjects } = JSON.parse(data.toString()) as Said;
    const isWhole = Number.isSafeInteger(begin) && Number.isSafeInteger(end) && typeof root === 'string';
    return isWhole ? { begin, end, root, subjects } : undefined;
  } catch {
    return undefined;
  }
};

/** Says what is wrong with the leaves that an index is of: those of one stretch, all of them before its own. */
const faultOf = ({ begin, end, leaf }: Pick<ClaimedIndex, 'begin' | 'end' | 'leaf'>): string | undefined => {
  const isStretch = begin >= 0 && begin % STRETCH_LEAVES === 0 && end > begin && end <= begin + STRETCH_LEAVES;
  if (!isStretch) return `it is of the leaves from ${begin} to before ${end}, and they are no stretch`;
  return end <= leaf ? undefined : `it is of leaves up to before ${end}, and is leaf ${leaf} itself`;
};

/** Answers the indexes that are under the tree, and those that cannot be right whatever the log holds. */
const claimedIndexes = async ({ raw, tree }: VerifyIndexesParts) => {
  const [claimed, misfits]: [ClaimedIndex[], Misfit[]] = [[], []];
  for await (const event of raw.readStream(INDEX_STREAM as StreamId)) {
    const leaf = await tree.indexOf(event.position);
    if (leaf === undefined) continue; // it is not under the tree yet: no bundle shows it
    const said = saidIn(event);
    const fault = said ? faultOf({ ...said, leaf }) : 'it does not say what it is of';
    if (said && fault === undefined) claimed.push({ ...said, leaf, position: event.position });
    else misfits.push(misfitOf(event, fault ?? ''));
  }
  return { claimed, misfits };
};

/** Divides the indexes by the stretch that they are of; those of one stretch ascend by their ends. */
const byStretch = (claimed: readonly ClaimedIndex[]): readonly (readonly ClaimedIndex[])[] => {
  const stretches = new Map<number, ClaimedIndex[]>();
  for (const each of [...claimed].sort((one, other) => one.end - other.end))
    stretches.set(each.begin, [...(stretches.get(each.begin) ?? []), each]);
  return [...stretches.values()];
};

/** Compares an index with what was gathered from its leaves. */
const compare = async (
  parts: VerifyIndexesParts,
  index: ClaimedIndex,
  gathered: GatheredSubjects,
): Promise<Misfit | undefined> => {
  const { begin, end } = index;
  const { root, subjects } = await sealedIndex(parts, begin, gathered);
  const leaves = `leaves ${begin} to ${end - 1}`;
  if (index.subjects !== subjects)
    return misfitOf(
      index,
      `it counts ${index.subjects} conversations and users in ${leaves}, and there are ${subjects}`,
    );
  if (toBase64(root) === index.root) return undefined;
  return misfitOf(index, `it leaves out, adds or moves something of what ${leaves} are of`);
};

/** Goes through the events of one stretch, and compares each of its indexes when its end is reached. */
const verifyStretch = async (
  parts: VerifyIndexesParts,
  indexes: readonly ClaimedIndex[],
  onEvent: () => void,
): Promise<Misfit[]> => {
  const [begin, end] = [indexes[0]?.begin ?? 0, indexes.at(-1)?.end ?? 0];
  const gathered = new GatheredSubjects(parts.sha256);
  const misfits: Misfit[] = [];
  let leaf = begin;
  for await (const event of eventsIn(parts.log, await stretchOf(parts, { begin, end }))) {
    gathered.add(leaf++, event);
    onEvent();
    for (const index of indexes.filter((each) => each.end === leaf)) {
      const misfit = await compare(parts, index, gathered);
      if (misfit) misfits.push(misfit);
    }
  }
  return misfits;
};

const byPosition = (one: Misfit, other: Misfit): number =>
  one.position === null || other.position === null ? 0 : comparePositions(one.position, other.position);

/**
 * Computes anew every index of conversations and users that is under the tree, from a log that fits the tree. The events of each stretch are
 * read once, whatever the number of its indexes. Answers the first index that is not that of its events.
 */
export const verifySubjectIndexes = async (parts: VerifyIndexesParts): Promise<IndexVerification> => {
  const { claimed, misfits } = await claimedIndexes(parts);
  const stretches = byStretch(claimed);
  const total = stretches.reduce((sum, indexes) => sum + (indexes.at(-1)?.end ?? 0) - (indexes[0]?.begin ?? 0), 0);
  let events = 0;
  const onEvent = (): void => {
    events += 1;
    if (events % PROGRESS_EVERY === 0 || events === total) parts.onProgress(events, total);
  };
  const wrong: Misfit[] = [];
  for (const indexes of stretches) wrong.push(...(await verifyStretch(parts, indexes, onEvent)));
  const [misfit] = [...misfits, ...wrong].sort(byPosition);
  return { indexes: claimed.length - wrong.length, misfit };
};
