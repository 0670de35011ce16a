import { expect } from 'chai';
import fc from 'fast-check';
import { v5, version } from 'uuid';
import { createUuidV5, createUuidV7 } from '../../src/infrastructure/uuids.js';

const NAMESPACE = '6f1c7d52-3a0e-4a53-9d0e-0b8c7d1f2a10';
const NOON = Date.UTC(2026, 0, 31, 12);

const millisecondsOf = (uuid: string): number => Number.parseInt(uuid.replaceAll('-', '').slice(0, 12), 16);

describe('UUIDs of version 5', () => {
  it('are those of the library, whatever is named', () => {
    const make = createUuidV5(NAMESPACE);
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (name) => make(name) === v5(name, NAMESPACE)));
  });

  it('are of their namespace', () =>
    expect(createUuidV5(NAMESPACE)('a')).not.to.equal(createUuidV5(NAMESPACE.replace('6', '7'))('a')));
});

describe('UUIDs of version 7', () => {
  it('tell when they were made, and are all different, however many are made', () => {
    const make = createUuidV7(() => NOON);
    const made = Array.from({ length: 1_000 }, make);
    expect(made.every((uuid) => version(uuid) === 7 && millisecondsOf(uuid) === NOON)).to.equal(true);
    expect(new Set(made).size).to.equal(1_000);
    // The UUIDs are random except for their time and their order in it.
    expect(new Set(made.map((uuid) => uuid.slice(-8))).size).to.be.at.least(990);
  });

  it('ascend, though the clock stands still or is set back', () => {
    const times = [NOON, NOON, NOON - 5, NOON + 1, NOON + 1, NOON, NOON + 2];
    const make = createUuidV7(() => times.shift() ?? NOON);
    const made = Array.from({ length: 8 }, make);
    expect(made.toSorted()).to.deep.equal(made);
  });

  it('are made by each maker for itself', () => {
    const [one, other] = [createUuidV7(() => NOON), createUuidV7(() => NOON)];
    expect(one()).not.to.equal(other());
  });
});
