import { expect } from 'chai';
import type { ParkedRow } from '../../../src/application/ports/projection-operations.js';
import type { ProjectionStatuses } from '../../../src/application/ports/projection-statuses.js';
import { joinedStatuses } from '../../../src/infrastructure/projections/joined-statuses.js';
import { positionOf } from '../../support/ids.js';

/** Makes an engine that keeps these projections, each at a position and with a parked event. */
const engineOf = (position: number, ...names: readonly string[]) => {
  const resumed: string[] = [];
  const parked = names.map((projection) => ({ projection, position: positionOf(position) }) as ParkedRow);
  const statuses: ProjectionStatuses = {
    list: async () =>
      names.map((name) => ({
        ...{ name, version: 1, position: positionOf(position), running: true, parked: 1, stopped: null },
      })),
    checkpoint: async (name) => (names.includes(name) ? positionOf(position) : undefined),
    parked: async (name) => parked.filter(({ projection }) => name === undefined || projection === name),
    resume: async (name) => resumed.push(name) > 0,
  };
  return { statuses, resumed };
};

describe('The states of projections that two engines keep', () => {
  // The first has what it kept before the second did.
  const first = engineOf(1, 'mail', 'messages', 'messages_rebuild', 'users');
  const second = engineOf(2, 'messages', 'messages_verify', 'users');
  const joined = joinedStatuses(first.statuses, second.statuses, ['messages']);

  it('are those of the engine that keeps them, by name', async () => {
    const listed = (await joined.list()).map(({ name, position }) => [name, position]);
    expect(listed).to.deep.equal([
      ['mail', '1'],
      ['messages', '2'],
      ['messages_verify', '2'],
      ['users', '1'],
    ]);
    expect(await joined.checkpoint('messages')).to.equal('2');
    expect(await joined.checkpoint('messages_rebuild')).to.equal(undefined);
    expect(await joined.checkpoint('users')).to.equal('1');
  });

  it('have what each of them has parked', async () => {
    const rows = (all: readonly ParkedRow[]) => all.map(({ projection, position }) => [projection, position]);
    expect(rows(await joined.parked('messages'))).to.deep.equal([['messages', '2']]);
    expect(rows(await joined.parked())).to.deep.equal([
      ['mail', '1'],
      ['users', '1'],
      ['messages', '2'],
      ['messages_verify', '2'],
    ]);
  });

  it('go on where they are kept', async () => {
    expect([await joined.resume('messages'), await joined.resume('users')]).to.deep.equal([true, true]);
    expect([first.resumed, second.resumed]).to.deep.equal([['users'], ['messages']]);
  });
});
