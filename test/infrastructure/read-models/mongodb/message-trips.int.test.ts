import { expect } from 'chai';
import { watchTrips } from '../../../support/message-trips.js';
import { describeOnMongo } from '../../../support/mongodb.js';

const MOST_TRIPS = 4;

describeOnMongo('A batch of messages in MongoDB', (server) => {
  it('takes four round trips that follow on one another, however many events it has', async () => {
    const { events, stages, asked, stored, expected } = await watchTrips(server());
    expect(events).to.equal(500);
    expect(stages, 'each stage after the one before').to.deep.equal([...stages].sort());
    expect(new Set(stages).size).to.equal(MOST_TRIPS);
    expect(asked, 'each collection is asked once').to.deep.equal([...new Set(asked)]);
    expect(stored).to.deep.equal(expected);
  });
});
