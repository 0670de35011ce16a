import { expect } from 'chai';
import { findEvents } from '../../../src/application/audit/find-events.js';
import type { AuditIndex, EventCriteria } from '../../../src/application/ports/audit-index.js';
import type { AuditedEvent, AuditedLog } from '../../../src/application/ports/audited-log.js';
import { hasReached } from '../../../src/domain/kernel/position.js';
import { handledTypes, project } from '../../../src/application/projections/projector.js';
import { auditIndexProjection } from '../../../src/application/projections/registry.js';
import type { RecordedEvent } from '../../../src/application/ports/event-store.js';
import type { Position } from '../../../src/domain/kernel/ids.js';
import { createAuditedLog } from '../../../src/infrastructure/event-store/audited-log.js';
import {
  auditIndexInMemory,
  auditIndexViewsInMemory,
} from '../../../src/infrastructure/read-models/memory/audit-index.js';
import { chatEvents } from '../../../src/infrastructure/serialization/chat-events.js';
import { createEventCodec } from '../../../src/infrastructure/serialization/create-event-codec.js';
import { eventTypes } from '../../support/events.js';
import { createWorld } from '../kernel/world.js';

describe('The index of events', () => {
  it('has events of every type', () => expect(handledTypes(auditIndexProjection)).to.have.members(eventTypes));
});

describe('Finding events', () => {
  const scene = async () => {
    const world = await createWorld();
    const users = [await world.user('ada'), await world.user('bob')];
    const events: RecordedEvent[] = [];
    for await (const event of world.store.readAll()) events.push(event);
    const log = createAuditedLog({ events: world.store, codec: createEventCodec(chatEvents, world.keys) });
    /** Finds events page by page, with an index that has come as far as this. */
    const found = async (indexed: number, criteria: EventCriteria, limit: number): Promise<Position[]> => {
      const tables = auditIndexInMemory.create();
      const writers = auditIndexInMemory.writersOf(tables);
      for (const event of events.slice(0, indexed)) project(auditIndexProjection, writers, event);
      const index = auditIndexViewsInMemory(
        () => tables,
        () => String(indexed) as Position,
      );
      const find = findEvents({ log, index });
      const upTo = await log.head();
      const list: AuditedEvent[] = [];
      for (let after = '0' as Position; !hasReached(after, upTo);) {
        const page = await find(criteria, { after, upTo }, limit);
        expect(page.events.length).to.be.at.most(limit);
        list.push(...page.events);
        after = page.lookedUpTo;
      }
      return list.map(({ position }) => position);
    };
    return { events, users, found };
  };

  it('finds each once and in order, however far the index has come, and in pages of any size', async () => {
    const { events, users, found } = await scene();
    const [ada] = users;
    const all = events.map(({ position }) => position);
    const ofType = events.filter(({ type }) => type === 'UserRegistered').map(({ position }) => position);
    const ofAda = events.filter(({ data }) => 'userId' in data && data.userId === ada);
    const named = ofAda.filter(({ type }) => !type.endsWith('Claimed')).map(({ position }) => position);
    expect(ofType).to.have.length(2);
    expect(named.length).to.be.at.least(3);
    for (const indexed of [0, 1, 3, all.length - 1, all.length])
      for (const limit of [1, 2, 100]) {
        expect(await found(indexed, {}, limit)).to.deep.equal(all);
        expect(await found(indexed, { type: 'UserRegistered' }, limit)).to.deep.equal(ofType);
        expect(await found(indexed, { userId: ada }, limit)).to.deep.equal(named);
        expect(await found(indexed, { type: 'MessageSent' }, limit)).to.deep.equal([]);
      }
  });

  it('asks nothing about an empty stretch, and the index once for a page where it is known how far that has come', async () => {
    const asked: string[] = [];
    const position = (n: number) => String(n) as Position;
    const index = {
      reached: async () => (asked.push('reached'), position(9)),
      find: async () => (asked.push('find'), { positions: [], lookedUpTo: position(9) }),
    } as unknown as AuditIndex;
    const find = findEvents({ log: {} as AuditedLog, index });
    const nothing = { events: [], lookedUpTo: position(5) };
    expect(await find({ type: 'MessageSent' }, { after: position(5), upTo: position(5) }, 9)).to.deep.equal(nothing);
    expect(await find({}, { after: position(6), upTo: position(5) }, 9)).to.deep.equal(nothing);
    expect(asked).to.deep.equal([]);
    await find({ type: 'MessageSent' }, { after: position(5), upTo: position(9) }, 9, position(9));
    expect(asked).to.deep.equal(['find']);
  });
});
