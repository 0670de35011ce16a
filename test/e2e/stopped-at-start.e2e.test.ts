import { expect } from 'chai';
import pg from 'pg';
import { startApp, type RunningApp } from '../support/app.js';
import { send, signUp, type SignedUp } from '../support/signed-up.js';
import { connect } from '../support/socket.js';

const STOP = `insert into projections.stopped (projection, position, reason) values ('messages', 0, 'a test')`;
const SET_BACK = `
  update projections.checkpoints set position = 0, epoch = nextval('projections.epochs'), held_by = null, session = null
   where name = 'messages'`;

// A server that was started after the projection of messages had stopped waited for it before it opened: nobody was
// told why, and when it was asked to stop it ended as if it hung, and left running what it had started.
describe('A server that starts while a projection has stopped', () => {
  let running: RunningApp;
  let started: RunningApp;
  let ada: SignedUp;

  before(async function () {
    this.timeout(120_000);
    running = await startApp();
    ada = await signUp(running, 'ada');
    const bob = await signUp(running, 'bob');
    await send(running, ada, { recipientId: bob.userId, text: 'hello' });
    const client = new pg.Client({ connectionString: running.databaseUrl });
    await client.connect();
    await client.query(STOP);
    await client.query(SET_BACK);
    await client.end();
    started = await startApp({ beside: running });
  });
  after(() => running.stop());

  it('says that it is not ready, and why', async () => {
    const response = await fetch(`${started.url}/readyz`);
    expect([response.status, await response.text()].join(' ')).to.match(/^503 .*stopped at position 0: a test/);
  });

  it('asks those who connect to come again', async () => {
    const socket = await connect(started, ada.accessToken);
    expect(await socket.closed).to.equal(1013);
  });

  it('ends in order when it is asked to', async () => {
    expect(await started.stop()).to.equal(0);
  });
});
