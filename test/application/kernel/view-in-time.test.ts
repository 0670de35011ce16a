import { expect } from 'chai';
import { ProjectionLaggingError } from '../../../src/application/kernel/read-your-writes.js';
import { viewInTime } from '../../../src/application/kernel/view-in-time.js';
import { DatabaseOverloadedError } from '../../../src/application/ports/database-overloaded.js';
import { DatabaseUnavailableError } from '../../../src/application/ports/database-unavailable.js';
import { Rejection } from '../../../src/domain/kernel/rejections.js';
import { positionOf } from '../../support/ids.js';

// A group was started, and its founder was told 503 because the read model had not come as far yet: the founder started
// another.
describe('The view behind a command', () => {
  let asked: unknown[][];
  let lagging: string | undefined;
  beforeEach(() => {
    [asked, lagging] = [[], undefined];
  });

  const view = (query: () => Promise<object>) =>
    viewInTime(
      async (projection, position) => {
        asked.push([projection, position]);
        if (projection === lagging) throw new ProjectionLaggingError('late');
      },
      {
        position: positionOf(7),
        projections: ['messages', 'users'],
        query: () => {
          asked.push(['query']);
          return query();
        },
      },
    );
  const found = { title: 'Engines' };
  const failing = (error: Error) => view(() => Promise.reject(error));

  it('is asked for once every read model has come to the command', async () => {
    expect(await view(() => Promise.resolve(found))).to.equal(found);
    expect(asked).to.deep.equal([['messages', '7'], ['users', '7'], ['query']]);
  });

  for (const late of ['messages', 'users'])
    it(`is left out where a read model is late, and not asked for: ${late}`, async () => {
      lagging = late;
      expect(await view(() => Promise.resolve(found))).to.equal(undefined);
      expect(asked).not.to.deep.include(['query']);
    });

  const absences = [
    new DatabaseOverloadedError('busy'),
    new DatabaseUnavailableError('gone'),
    new Rejection('conversation_not_found'),
  ];
  for (const absence of absences)
    it(`is left out where the query comes to nothing: ${absence.name}`, async () =>
      expect(await failing(absence)).to.equal(undefined));

  it('hides no fault of ours', async () => {
    const fault = new TypeError('a fault');
    expect(await failing(fault).catch((error: unknown) => error)).to.equal(fault);
  });
});
