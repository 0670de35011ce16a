import type { SubjectScope } from '../../domain/audit/bundle-manifest.js';
import type { Subject } from '../../domain/audit/subject-tree.js';
import { formatShownSubject, type ShownSubject } from '../../domain/audit/verify-subject.js';
import { TILE_WIDTH } from '../../domain/audit/tiles.js';
import { streamOf, type MediaId, type Position } from '../../domain/kernel/ids.js';
import { justBehind } from '../../domain/kernel/position.js';
import { reject } from '../../domain/kernel/rejections.js';
import { media } from '../../domain/media/decider.js';
import { batchesOf } from '../kernel/batches-of.js';
import type { AuditedEvent } from '../ports/audited-log.js';
import type { Stretch } from '../ports/audit-index.js';
import type { EventStore } from '../ports/event-store.js';
import type { LogTree } from '../ports/tree-store.js';
import type { BundleEntry } from './bundle-files.js';
import type { coveringCheckpoint } from './covering-checkpoint.js';
import type { ExportParts } from './export-parts.js';
import type { ExportPlan, ShownContent } from './export-plan.js';
import type { LoggedIndex, SubjectIndex } from './index-subjects.js';
import { ProofPendingError } from './proof-pending.js';
import { proveShown } from './prove.js';
import { leavesOfRange } from './range-entries.js';
import { surveyEvents, type FindUpload, type SurveyBounds, type Upload } from './survey-events.js';

type Parts = Pick<ExportParts, 'log' | 'tree' | 'raw' | 'sha256'> & { readonly store: Pick<EventStore, 'readStream'> };

interface Leaf {
  readonly index: number;
  readonly position: Position;
}

/** So many events are read at a time. */
const AT_ONCE = 200;

/** Answers leaves, which ascend, with their positions. */
async function* withPositions(tree: Pick<LogTree, 'positions'>, indexes: readonly number[]): AsyncGenerator<Leaf> {
  let [tile, positions]: [number, readonly Position[]] = [-1, []];
  for (const index of indexes) {
    const wanted = Math.floor(index / TILE_WIDTH);
    if (wanted !== tile) positions = await tree.positions(wanted * TILE_WIDTH, (wanted + 1) * TILE_WIDTH);
    tile = wanted;
    const position = positions[index % TILE_WIDTH];
    if (position === undefined) throw new ProofPendingError('an event is not under the tree yet');
    yield { index, position };
  }
}

async function* eventsAt({ log, tree }: Parts, indexes: readonly number[]): AsyncGenerator<AuditedEvent> {
  for await (const batch of batchesOf(withPositions(tree, indexes), AT_ONCE))
    yield* await log.at(batch.map(({ position }) => position));
}

const entriesAt = ({ raw }: Parts, leaves: readonly Leaf[]) =>
  async function* entries(): AsyncGenerator<BundleEntry> {
    for await (const batch of batchesOf(leaves, AT_ONCE)) {
      const events = await raw.at(batch.map(({ position }) => position));
      for (const [at, event] of events.entries()) yield { index: batch[at]?.index ?? -1, event, isEdge: false };
    }
  };

const uploads =
  ({ store }: Parts): FindUpload =>
  async (mediaId: MediaId) => {
    for await (const event of store.readStream(streamOf(media.category, mediaId), { limit: 1 }))
      if (event.type === 'MediaUploaded' && !('erased' in event))
        return { ...(event.data as Omit<Upload, 'position'>), position: event.position };
    return undefined;
  };

type Shown = ShownSubject & LoggedIndex;

type Covering = ReturnType<typeof coveringCheckpoint>;

/** Answers the leaf of an event beside those of the subject. Raises `ProofPendingError`. */
const leafAt = async ({ tree }: Parts, { untilGrown }: Covering, position: Position): Promise<Leaf> => {
  await untilGrown(position);
  const index = await tree.indexOf(position);
  if (index === undefined) throw new ProofPendingError('an event is not under the tree yet');
  return { index, position };
};

interface ShownOfSubject {
  readonly own: readonly number[];
  readonly indexes: readonly Shown[];
  readonly files: readonly { readonly position: Position }[];
}

/** Answers every leaf that is shown: those of the subject, of the indexes, and of the uploads of its files. */
const allLeaves = async (
  parts: Parts,
  covering: Covering,
  { own, indexes, files }: ShownOfSubject,
): Promise<Leaf[]> => {
  const leaves = new Map<number, Position>(indexes.map(({ leaf, position }) => [leaf, position]));
  for await (const { index, position } of withPositions(parts.tree, own)) leaves.set(index, position);
  for (const { position } of files) leaves.set((await leafAt(parts, covering, position)).index, position);
  const all = Array.from(leaves, ([index, position]) => ({ index, position }));
  return all.sort((one, other) => one.index - other.index);
};

const contentOf =
  (parts: Parts, covering: Covering, { scope, ...shown }: ShownOfSubject & { readonly scope: SubjectScope }) =>
  async (): Promise<ShownContent> => {
    const leaves = await allLeaves(parts, covering, shown);
    const { size, note } = await covering.covering(leaves.at(-1)?.index ?? 0);
    const numbers = leaves.map(({ index }) => index);
    return {
      scope,
      size,
      checkpoint: note,
      entries: entriesAt(parts, leaves),
      proof: await proveShown(parts, numbers, size),
      index: shown.indexes.map(formatShownSubject),
    };
  };

/** Plans the bundle of all events of a conversation or a user. Raises `ProofPendingError`; rejects `audit_export_empty`. */
export const planSubject =
  (parts: Parts, covering: Covering, subjects: SubjectIndex) =>
  async (subject: Subject, asked: Stretch, bounds: SurveyBounds): Promise<ExportPlan> => {
    const range = { from: justBehind(asked.after), to: asked.upTo };
    await covering.untilGrown(asked.upTo);
    const { begin, end } = await leavesOfRange(parts.tree, (await parts.tree.head()).size, range);
    if (begin === end) reject('audit_export_empty');
    await covering.untilGrown(await subjects.untilIndexed(end));
    const shown = await subjects.show(subject, { begin, end });
    const listed = shown.flatMap(({ own }) => own?.leaves ?? []).filter((leaf) => leaf >= begin && leaf < end);
    const survey = await surveyEvents(eventsAt(parts, listed), bounds, uploads(parts));
    const { isWhole, files } = survey;
    const own = listed.slice(0, survey.events);
    const scope = { ...subject, begin, end: isWhole ? end : (own.at(-1) ?? begin) + 1 };
    const upTo = (isWhole ? asked.upTo : survey.last) ?? asked.upTo;
    const indexes = shown.filter((index) => index.begin < scope.end);
    const name = `${subject.kind}-${subject.id}-${range.from}-${upTo}`;
    return { survey, upTo, name, content: contentOf(parts, covering, { scope, own, indexes, files }) };
  };
