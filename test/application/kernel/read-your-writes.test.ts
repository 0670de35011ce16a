import { expect } from 'chai';
import {
  ProjectionLaggingError,
  ProjectionRebuildingError,
  readYourWrites,
} from '../../../src/application/kernel/read-your-writes.js';
import { DatabaseUnavailableError } from '../../../src/application/ports/database-unavailable.js';
import type { ProjectionProgress } from '../../../src/application/ports/projection-progress.js';
import { positionOf } from '../../support/ids.js';

describe('Reading what one has written', () => {
  let asked: unknown[];
  const waiting = (hasCome: boolean, failure?: Error, rebuilt?: number) =>
    readYourWrites({
      rebuildOf: () => rebuilt,
      recall: async (...given: unknown[]) => {
        asked.push(given);
        if (failure) throw failure;
      },
      waitFor: async (...given: unknown[]) => {
        asked.push(given);
        return hasCome;
      },
    } as Partial<ProjectionProgress> as ProjectionProgress);

  beforeEach(() => (asked = []));

  it('waits two seconds at most until the read model has come so far', async () => {
    await waiting(true)('users', positionOf(7));
    expect(asked).to.deep.equal([
      ['users', '7'],
      ['users', '7', 2_000],
    ]);
  });

  it('fails at once where it cannot be told how far that is', async () => {
    const down = new DatabaseUnavailableError('out of reach');
    const failure: unknown = await waiting(true, down)('users', positionOf(7)).catch((error: unknown) => error);
    expect([failure, asked]).to.deep.equal([down, [['users', '7']]]);
  });

  it('is refused at once while the read model is made anew, and told how far that is', async () => {
    for (const [share, percent] of [
      [0, '0 %'],
      [0.299, '29 %'],
    ] as const) {
      const failure: unknown = await waiting(
        true,
        undefined,
        share,
      )('users', positionOf(7)).catch((error: unknown) => error);
      expect(failure).to.be.instanceOf(ProjectionRebuildingError).and.have.property('share', share);
      expect(String(failure)).to.include(`users is being rebuilt: ${percent} of the log`);
    }
    expect(asked).to.deep.equal([]);
  });

  it('is refused for now when it takes longer', async () => {
    const failure: unknown = await waiting(false)('users', positionOf(7)).catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(ProjectionLaggingError);
    expect(String(failure)).to.equal('ProjectionLaggingError: projection users has not reached 7');
  });
});
