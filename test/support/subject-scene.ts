import { createHmac, randomUUID } from 'node:crypto';
import {
  bucketOf,
  GatheredSubjects,
  rootOfBuckets,
  sealedBucket,
  shownSubject,
} from '../../src/application/audit/subject-buckets.js';
import type { AuditedEvent } from '../../src/application/ports/audited-log.js';
import type { RawEvent } from '../../src/application/ports/raw-log.js';
import { toBase64 } from '../../src/domain/audit/bytes.js';
import { encodeLeaf } from '../../src/domain/audit/leaf.js';
import { hiddenRanges } from '../../src/domain/audit/multi-proof.js';
import {
  INDEX_STREAM,
  INDEX_TYPE,
  labelOf,
  STRETCH_LEAVES,
  type Subject,
} from '../../src/domain/audit/subject-tree.js';
import { formatShownSubject } from '../../src/domain/audit/verify-subject.js';
import type { EventId, Position, StreamId } from '../../src/domain/kernel/ids.js';
import { sha256 } from './audit-crypto.js';
import { bundleScene, changeLines, packer, type Bundle } from './bundle-scene.js';
import { tellAnew } from './manipulations.js';
import { ada, bob, conversationNumber } from './ids.js';
import { MerkleLog } from './merkle-log.js';

/** The leaves of the conversation among the first events of the log; leaf 5 is the upload of one of its files. */
export const OWN = [2, 3, 4, 6];
export const CONVERSATION: Subject = { kind: 'conversation', id: conversationNumber(7) };

const blindOf = (begin: number, label: Uint8Array): Uint8Array =>
  createHmac('sha256', 'a key of the test').update(`${begin}`).update(label).digest();
const tree = { sha256, blindOf };

const rawEvent = (at: number, type: string, streamId: string, data: object): RawEvent => ({
  position: String(3 * (at + 1)) as Position,
  streamId: streamId as StreamId,
  revision: 0,
  eventId: randomUUID() as EventId,
  type,
  schemaVersion: 1,
  data: Buffer.from(JSON.stringify(data)),
  metadata: Buffer.from(JSON.stringify({ recordedAt: '2026-01-01T00:00:00.000Z', actorId: null })),
});

/** Answers what the index says of a stretch: all leaves are Ada's, some of the conversation, every third one Bob's. */
const indexOf = (begin: number, end: number, own: readonly number[]) => {
  const gathered = new GatheredSubjects(sha256);
  for (let leaf = begin; leaf < end; leaf += 1) {
    const conversationId = own.includes(leaf) ? CONVERSATION.id : null;
    gathered.add(leaf, { conversationId, userIds: leaf % 3 === 0 ? [ada, bob] : [ada] } as unknown as AuditedEvent);
  }
  const buckets = gathered.byBucket().map((subjects) => sealedBucket(tree, begin, subjects));
  const roots = buckets.map(({ root }) => root);
  return { begin, end, buckets, roots, root: toBase64(rootOfBuckets(sha256, roots)), subjects: gathered.size };
};

/** A log with indexes of its subjects under its tree, as many as its size needs. */
export const subjectScene = async ({ padding = 0, own = OWN, stream = INDEX_STREAM } = {}) => {
  const { events: first, disclosure } = await bundleScene();
  const indexed = first.length + padding;
  const events = [...first];
  while (events.length < indexed)
    events.push(rawEvent(events.length, 'MessageDeleted', 'message-x', { n: events.length }));
  const indexes = Array.from({ length: Math.ceil(indexed / STRETCH_LEAVES) }, (_, at) =>
    indexOf(at * STRETCH_LEAVES, Math.min((at + 1) * STRETCH_LEAVES, indexed), own),
  ).map((index) => {
    const { begin, end, root, subjects } = index;
    const leaf = events.length;
    events.push(rawEvent(leaf, INDEX_TYPE, stream, { begin, end, root, subjects }));
    return { ...index, leaf };
  });
  const log = new MerkleLog().add(events.map((event) => encodeLeaf(sha256, event)));
  const pack = packer(log, disclosure);

  /** Makes the bundle of a subject. */
  const bundleOf = (
    subject: Subject = CONVERSATION,
    { begin = 0, end = indexed, more = [5] }: { begin?: number; end?: number; more?: readonly number[] } = {},
  ): Promise<Bundle> => {
    const label = labelOf(sha256, subject);
    const bucket = bucketOf(label);
    const lines = indexes
      .filter((index) => index.begin < end && index.end > begin)
      .map(({ buckets, ...index }) =>
        shownSubject(tree, label, { ...index, found: { ...index, subjects: buckets[bucket]?.subjects ?? [] } }),
      );
    const listed = lines.flatMap((line) => line.own?.leaves ?? []).filter((leaf) => leaf >= begin && leaf < end);
    const shown = [...new Set([...listed, ...more, ...lines.map(({ leaf }) => leaf)])].sort((a, b) => a - b);
    return pack({
      scope: { ...subject, begin, end },
      shown,
      entries: async function* entries() {
        for (const index of shown) yield { index, event: events[index]!, isEdge: false };
      },
      index: lines.map(formatShownSubject),
    });
  };

  /** Makes the proof anew, and tells what is shown, as somebody does who leaves out an event with care. */
  const proveAnew = (bundle: Bundle): void => {
    const shown = linesOf(bundle, 'events.ndjson').map(({ index }) => index);
    changeLines(bundle, 'proof.txt', () => log.rootsOf(hiddenRanges(shown, log.size)).map(toBase64));
    tellAnew(bundle);
  };
  const leaveOut = (bundle: Bundle, leaf: number): void => {
    for (const name of ['events.ndjson', 'view.ndjson', 'keys.ndjson'])
      changeLines(bundle, name, (lines) => lines.filter((line) => !line.startsWith(`{"index":${leaf},`)));
    proveAnew(bundle);
  };
  return { log, events, indexed, bundleOf, leaveOut, proveAnew };
};

const linesOf = (bundle: Bundle, name: string): { index: number }[] =>
  bundle
    .get(name)!
    .toString()
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as { index: number });
