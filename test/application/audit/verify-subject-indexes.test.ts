import { createHmac } from 'node:crypto';
import { expect } from 'chai';
import { makeSubjectIndex } from '../../../src/application/audit/make-subject-index.js';
import { verifySubjectIndexes } from '../../../src/application/audit/verify-subject-indexes.js';
import type { AuditedEvent } from '../../../src/application/ports/audited-log.js';
import type { Stretch } from '../../../src/application/ports/audit-index.js';
import type { RawEvent } from '../../../src/application/ports/raw-log.js';
import { toBase64 } from '../../../src/domain/audit/bytes.js';
import { INDEX_STREAM, STRETCH_LEAVES } from '../../../src/domain/audit/subject-tree.js';
import type { Position, StreamId } from '../../../src/domain/kernel/ids.js';
import { sha256 } from '../../support/audit-crypto.js';
import { ada, bob, cleo, conversationNumber } from '../../support/ids.js';

type Concerning = Pick<AuditedEvent, 'position' | 'conversationId' | 'userIds'>;

const positionOf = (leaf: number) => String(3 * (leaf + 1)) as Position;

/** A log at sparse positions: all is Ada's, every tenth event is of a conversation with Bob. */
const logOf = (size: number): Concerning[] =>
  Array.from({ length: size }, (_, leaf) => ({
    position: positionOf(leaf),
    conversationId: leaf % 10 === 0 ? conversationNumber(1) : null,
    userIds: leaf % 10 === 0 ? [ada, bob] : [ada],
  }));

const SHARED = {
  sha256,
  blindOf: (begin: number, label: Uint8Array) =>
    createHmac('sha256', 'a key').update(`${begin}`).update(label).digest(),
  pause: async () => undefined,
};

const sourcesOf = (events: readonly Concerning[]) => ({
  ...SHARED,
  log: {
    first: async ({ after, upTo }: Stretch, limit: number) =>
      events
        .filter(({ position }) => Number(position) > Number(after) && Number(position) <= Number(upTo))
        .slice(0, limit) as AuditedEvent[],
  },
  tree: {
    positions: async (begin: number, end: number) => events.slice(begin, end).map(({ position }) => position),
    indexOf: async (position: Position) =>
      Number(position) / 3 - 1 < events.length ? Number(position) / 3 - 1 : undefined,
  },
});

interface Index {
  readonly begin: number;
  readonly end: number;
  readonly root: string;
  readonly subjects: number;
}

/** What a server says that has another log in mind. */
const indexOf = async (begin: number, end: number, events: readonly Concerning[]): Promise<Index> => {
  const sources = { ...sourcesOf(events), stopping: new AbortController().signal };
  const { root, subjects } = await makeSubjectIndex(sources as never, { begin, end });
  return { begin, end, root: toBase64(root), subjects };
};

const SIZE = 60;
const OWN_LEAF = SIZE;

/** Verifies a log whose indexes stand behind its events, one leaf each. */
const verify = (events: readonly Concerning[], indexes: readonly object[]) => {
  const all = [
    ...events,
    ...indexes.map((_, n) => ({ position: positionOf(events.length + n), conversationId: null, userIds: [] })),
  ];
  const progress: string[] = [];
  const stored = indexes.map((index, n) => ({
    position: positionOf(events.length + n),
    data: Buffer.from(JSON.stringify(index)),
  }));
  const raw = {
    readStream: async function* readStream(stream: StreamId) {
      if (stream === INDEX_STREAM) yield* stored as unknown as RawEvent[];
    },
  };
  const onProgress = (done: number, total: number) => void progress.push(`${done}/${total}`);
  return verifySubjectIndexes({ ...sourcesOf(all), raw, onProgress }).then((found) => ({ ...found, progress }));
};

const changed = (leaf: number, change: Partial<Concerning>): Concerning[] =>
  logOf(SIZE).map((event, at) => (at === leaf ? { ...event, ...change } : event));

describe('Verifying the indexes of conversations and users', () => {
  const events = logOf(SIZE);
  const nothing = { what: 'index', streamId: INDEX_STREAM };

  it('finds nothing where each is that of its events, also one that another one has replaced', async () => {
    const indexes = [await indexOf(0, 20, events), await indexOf(0, 45, events), await indexOf(0, SIZE, events)];
    const { indexes: fitting, misfit, progress } = await verify(events, indexes);
    expect([fitting, misfit]).to.deep.equal([3, undefined]);
    expect(progress, 'the events are read once').to.deep.equal([`${SIZE}/${SIZE}`]);
  });

  it('goes through each stretch by itself', async () => {
    const long = logOf(STRETCH_LEAVES + 30);
    const indexes = [await indexOf(0, STRETCH_LEAVES, long), await indexOf(STRETCH_LEAVES, STRETCH_LEAVES + 30, long)];
    expect(await verify(long, indexes)).to.include({ indexes: 2, misfit: undefined });
    const wrong = { ...indexes[1]!, root: indexes[0]!.root };
    expect(await verify(long, [indexes[0]!, wrong])).to.deep.include({
      indexes: 1,
      misfit: {
        ...nothing,
        position: positionOf(STRETCH_LEAVES + 31),
        detail: `it leaves out, adds or moves something of what leaves ${STRETCH_LEAVES} to ${STRETCH_LEAVES + 29} are of`,
      },
    });
  });

  const moved = 'it leaves out, adds or moves something of what leaves 0 to 59 are of';
  const lies: readonly (readonly [what: string, lie: () => Promise<object>, detail: string])[] = [
    ['leaves out one event of a user', () => indexOf(0, SIZE, changed(30, { userIds: [ada] })), moved],
    ['leaves out one event of a conversation', () => indexOf(0, SIZE, changed(30, { conversationId: null })), moved],
    [
      'leaves out a user altogether',
      () =>
        indexOf(
          0,
          SIZE,
          events.map((each) => ({ ...each, userIds: [ada] })),
        ),
      'it counts 2 conversations and users in leaves 0 to 59, and there are 3',
    ],
    ['adds an event to a user', () => indexOf(0, SIZE, changed(31, { userIds: [ada, bob] })), moved],
    [
      'adds somebody whom nothing concerns',
      () => indexOf(0, SIZE, changed(30, { userIds: [ada, bob, cleo] })),
      'it counts 4 conversations and users in leaves 0 to 59, and there are 3',
    ],
    [
      'has another user in the place of one',
      () =>
        indexOf(
          0,
          SIZE,
          events.map((each) => ({ ...each, userIds: each.userIds.map((id) => (id === bob ? cleo : id)) })),
        ),
      moved,
    ],
    [
      'takes one conversation for another',
      () => indexOf(0, SIZE, changed(30, { conversationId: conversationNumber(2) })),
      'it counts 4 conversations and users in leaves 0 to 59, and there are 3',
    ],
    [
      'has another root',
      async () => ({ ...(await indexOf(0, SIZE, events)), root: toBase64(sha256(Buffer.from('x'))) }),
      moved,
    ],
    ['has a root that is no hash', async () => ({ ...(await indexOf(0, SIZE, events)), root: 'no root' }), moved],
    [
      'counts wrongly',
      async () => ({ ...(await indexOf(0, SIZE, events)), subjects: 2 }),
      'it counts 2 conversations and users in leaves 0 to 59, and there are 3',
    ],
    [
      'begins in the middle of a stretch',
      () => indexOf(10, SIZE, events),
      'it is of the leaves from 10 to before 60, and they are no stretch',
    ],
    [
      'is of nothing',
      async () => ({ ...(await indexOf(0, SIZE, events)), end: 0 }),
      'it is of the leaves from 0 to before 0, and they are no stretch',
    ],
    [
      'is of leaves that come behind it',
      async () => ({ ...(await indexOf(0, SIZE, events)), end: SIZE + 2 }),
      `it is of leaves up to before ${SIZE + 2}, and is leaf ${OWN_LEAF} itself`,
    ],
    ['says nothing', async () => ({}), 'it does not say what it is of'],
  ];
  for (const [what, lie, detail] of lies)
    it(`names an index that ${what}`, async () => {
      const { indexes, misfit } = await verify(events, [await lie(), await indexOf(0, SIZE, events)]);
      expect(misfit).to.deep.equal({ ...nothing, position: positionOf(OWN_LEAF), detail });
      expect(indexes, 'the one behind it fits').to.equal(1);
    });

  it('names the first of several', async () => {
    const wrong = { ...(await indexOf(0, SIZE, events)), subjects: 1 };
    const { misfit } = await verify(events, [await indexOf(0, 20, events), { ...wrong, end: 50 }, {}, wrong]);
    expect(misfit?.position).to.equal(positionOf(OWN_LEAF + 1));
    const other = await verify(events, [await indexOf(0, 20, events), {}, { ...wrong, end: 50 }]);
    expect(other.misfit?.detail).to.equal('it does not say what it is of');
  });

  it('looks at none that is not under the tree yet', async () => {
    const sources = sourcesOf(events);
    const data = Buffer.from(JSON.stringify({ ...(await indexOf(0, SIZE, events)), subjects: 1 }));
    const raw = {
      readStream: async function* readStream() {
        yield { position: positionOf(SIZE), data } as RawEvent;
      },
    };
    const found = await verifySubjectIndexes({ ...sources, raw, onProgress: () => undefined });
    expect(found).to.deep.equal({ indexes: 0, misfit: undefined });
  });
});
