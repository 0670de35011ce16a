import { expect } from 'chai';
import pg from 'pg';
import { startApp, type RunningApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { send, signUp, type SignedUp } from '../support/signed-up.js';
import { call } from '../support/call.js';
import { closeSockets, connect } from '../support/socket.js';

/** It writes the event as another process would have done. */
const INSERT_SPOILED = `
  insert into log.events (position, stream_id, revision, event_id, type, schema_version, data, metadata)
  select max(position) + 1, 'spoiled-' || gen_random_uuid(), 0, gen_random_uuid(), $1, 1, '{"what":', '{}' from log.events`;

/**
 * One event that could not be decoded ended live delivery, the session denylist and the projections, while `/readyz`
 * said 200.
 */
describe('an event that cannot be decoded', () => {
  let app: RunningApp;
  let pool: pg.Pool;
  let ada: SignedUp;
  let bob: SignedUp;

  before(async function () {
    this.timeout(90_000);
    app = await startApp();
    pool = new pg.Pool({ connectionString: app.databaseUrl });
    [ada, bob] = [await signUp(app, 'ada'), await signUp(app, 'bob')];
  });
  after(async () => {
    closeSockets();
    await pool.end();
    await app.stop();
  });

  const metric = async (name: string): Promise<number> => {
    const text = await (await fetch(`${app.url}/metrics`)).text();
    const values = [...text.matchAll(new RegExp(`^${name}(?:{[^}]*})? (\\d+)$`, 'gm'))].map(([, value]) =>
      Number(value),
    );
    return values.reduce((sum, value) => sum + value, 0);
  };

  it('stops neither frames nor queries nor the end of sessions, and is reported', async () => {
    const socket = await connect(app);
    socket.send({ type: 'auth', token: bob.accessToken });
    await socket.next('ready');
    for (const type of ['MessageSent', 'SessionEnded', 'SettingsChanged']) await pool.query(INSERT_SPOILED, [type]);

    const { conversationId } = await send(app, ada, { recipientId: bob.userId, text: 'still delivered' });
    const frame = (await socket.next('message.sent')) as { message?: { text?: string } };
    expect(frame.message?.text).to.equal('still delivered');
    const path = `/message/v1/history?conversationId=${conversationId}`;
    const { body } = await call(app, 'GET', path, { token: bob.accessToken });
    expect(body['messages']).to.have.lengthOf(1);

    await call(app, 'POST', '/user/v1/logout', { token: ada.accessToken });
    const refused = await eventually(
      () => call(app, 'GET', '/user/v1/sessions', { token: ada.accessToken }),
      ({ status }) => status === 401,
    );
    expect(refused.body['code']).to.equal('session_ended');

    expect(await metric('chatapp_parked_events_total')).to.be.greaterThan(0);
    expect(await metric('chatapp_undecodable_events_total')).to.be.greaterThan(0);
    expect(app.output()).to.include('event cannot be decoded').and.to.include('event parked');
  });
});
