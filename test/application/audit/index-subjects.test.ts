import { createHmac } from 'node:crypto';
import { expect } from 'chai';
import { indexSubjects } from '../../../src/application/audit/index-subjects.js';
import { ProofPendingError } from '../../../src/application/audit/proof-pending.js';
import type { AuditedEvent, AuditedLog } from '../../../src/application/ports/audited-log.js';
import type { Stretch } from '../../../src/application/ports/audit-index.js';
import type { FoundBucket, SubjectIndexes } from '../../../src/application/ports/subject-indexes.js';
import { STRETCH_LEAVES, type Subject } from '../../../src/domain/audit/subject-tree.js';
import type { Position } from '../../../src/domain/kernel/ids.js';
import { sha256 } from '../../support/audit-crypto.js';
import { ada, bob, conversationNumber } from '../../support/ids.js';
import { createWorld } from '../kernel/world.js';

const CONVERSATION: Subject = { kind: 'conversation', id: conversationNumber(1) };

/** Keeps indexes in memory. */
const indexesInMemory = (): SubjectIndexes & { forget: () => void; damage: () => void } => {
  const kept = new Map<number, { end: number; found: (bucket: number) => FoundBucket }>();
  return {
    keep: async ({ begin, end }, buckets) => {
      const roots = buckets.map(({ root }) => root);
      kept.set(begin, { end, found: (bucket) => ({ roots, subjects: buckets[bucket]?.subjects ?? [] }) });
    },
    find: async ({ begin, end }, bucket) => {
      const index = kept.get(begin);
      return index?.end === end ? index.found(bucket) : undefined;
    },
    forget: () => kept.clear(),
    damage: () => {
      for (const [begin, { end, found }] of kept)
        kept.set(begin, {
          end,
          found: (bucket) => ({ ...found(bucket), roots: found(bucket).roots.map(() => sha256(new Uint8Array())) }),
        });
    },
  };
};

/** A log of events at dense positions: every tenth one is of the conversation, all concern Ada. */
const scene = async (size: number) => {
  const world = await createWorld();
  const events = Array.from({ length: size }, (_, leaf) => ({
    position: String(leaf + 1) as Position,
    conversationId: leaf % 10 === 0 ? CONVERSATION.id : null,
    userIds: [ada],
  })) as unknown as AuditedEvent[];
  const indexes = indexesInMemory();
  let reads = 0;
  const made = (pauseMs?: number) =>
    indexSubjects({
      ...world,
      sha256,
      blindOf: (begin, label) => createHmac('sha256', 'a key').update(`${begin}`).update(label).digest(),
      clock: world.now,
      log: {
        first: async ({ after, upTo }: Stretch, limit: number) => {
          reads += 1;
          return events.slice(Number(after), Math.min(Number(upTo), Number(after) + limit));
        },
      } as unknown as AuditedLog,
      tree: {
        positions: async (begin, end) => events.slice(begin, end).map(({ position }) => position),
        indexOf: async (position) => 1_000_000 + Number(position),
      },
      indexes,
      pause: async (milliseconds) => {
        if (milliseconds > 0 && pauseMs === undefined) await new Promise(() => undefined);
      },
      stopping: new AbortController().signal,
    });
  return { ...world, indexes, made, reads: () => reads, logged: () => world.typesIn('auditindex-log') };
};

describe('The indexes of subjects', () => {
  const leavesOf = async (index: ReturnType<typeof indexSubjects>, subject: Subject, begin: number, end: number) =>
    (await index.show(subject, { begin, end })).flatMap(({ own }) => own?.leaves ?? []);

  it('say of every leaf whom and what it concerns, stretch by stretch', async () => {
    const { made, logged } = await scene(STRETCH_LEAVES + 25);
    const index = made();
    await index.untilIndexed(STRETCH_LEAVES + 25);
    expect(await logged()).to.deep.equal(['SubjectsIndexed', 'SubjectsIndexed']);
    const leaves = await leavesOf(index, CONVERSATION, 0, STRETCH_LEAVES + 25);
    expect(leaves).to.deep.equal(Array.from({ length: Math.ceil((STRETCH_LEAVES + 25) / 10) }, (_, n) => n * 10));
    const [first, second] = await index.show(CONVERSATION, { begin: 0, end: STRETCH_LEAVES + 25 });
    expect([first?.begin, first?.end]).to.deep.equal([0, STRETCH_LEAVES]);
    expect([second?.begin, second?.end]).to.deep.equal([STRETCH_LEAVES, STRETCH_LEAVES + 25]);
    expect(await leavesOf(index, { kind: 'user', id: bob }, 0, STRETCH_LEAVES + 25)).to.deep.equal([]);
  });

  it('are made once: a stretch that is not full is indexed anew where the log has grown', async () => {
    const { made, logged, reads } = await scene(100);
    const index = made();
    await Promise.all([index.untilIndexed(50), index.untilIndexed(50)]);
    const read = reads();
    await index.untilIndexed(40);
    expect([reads(), (await logged()).length]).to.deep.equal([read, 1]);
    await index.untilIndexed(100);
    const shown = await index.show(CONVERSATION, { begin: 0, end: 100 });
    expect(shown.map(({ begin, end }) => [begin, end])).to.deep.equal([[0, 100]]);
    expect((await logged()).length).to.equal(2);
  });

  it('are made by two nodes at once as by one', async () => {
    const { made, logged } = await scene(60);
    const [one, other] = [made(), made()];
    await Promise.all([one.untilIndexed(60), other.untilIndexed(60)]);
    expect((await logged()).length).to.equal(1);
    for (const index of [one, other]) expect(await leavesOf(index, CONVERSATION, 0, 60)).to.have.length(6);
  });

  for (const way of ['forget', 'damage'] as const)
    it(`are made again from the log where what is kept was lost (${way})`, async () => {
      const { made, indexes } = await scene(60);
      const index = made();
      await index.untilIndexed(60);
      const before = await index.show(CONVERSATION, { begin: 0, end: 60 });
      indexes[way]();
      expect(await index.show(CONVERSATION, { begin: 0, end: 60 })).to.deep.equal(before);
    });

  it('are waited for shortly, and go on meanwhile', async () => {
    const { made, logged } = await scene(60);
    const failure = await made(0)
      .untilIndexed(60)
      .catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(ProofPendingError);
    const other = made();
    await other.untilIndexed(60);
    expect((await logged()).length).to.be.at.least(1);
  });
});
