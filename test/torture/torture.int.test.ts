import { expect } from 'chai';
import { torture } from './run-torture.js';

const SECONDS = 10;

describe('the log under torture', () => {
  it('keeps what was acknowledged, whole and in order, when writers and the database are killed', async function () {
    this.timeout(120_000);
    const { faults, acknowledged, writersKilled, databaseKilled } = await torture(SECONDS, () => undefined);
    expect(faults).to.deep.equal([]);
    expect(acknowledged).to.be.greaterThan(100);
    expect(writersKilled).to.be.greaterThan(3);
    expect(databaseKilled).to.equal(1);
  });
});
