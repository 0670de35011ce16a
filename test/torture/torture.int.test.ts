import { expect } from 'chai';
import { torture } from './run-torture.js';

const SECONDS = 6;
const APPENDS = 500;
const KILLS = 3;

describe('the log under torture', () => {
  it('keeps what was acknowledged, whole and in order, when writers and the database are killed', async function () {
    this.timeout(120_000);
    const options = { seconds: SECONDS, appends: APPENDS, kills: KILLS, onProgress: () => undefined };
    const { faults, acknowledged, writersKilled, databaseKilled } = await torture(options);
    expect(faults).to.deep.equal([]);
    expect(acknowledged).to.be.at.least(APPENDS);
    expect(writersKilled).to.be.at.least(KILLS);
    expect(databaseKilled).to.equal(1);
  });
});
