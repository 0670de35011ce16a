import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import pg from 'pg';
import { PROJECTIONS } from '../../src/application/projections/registry.js';
import { startApp, type RunningApp } from '../support/app.js';
import { auditing, makeAuditors, toolEnvironment } from '../support/audit-calls.js';
import { expectProblem } from '../support/call.js';
import { chatappHere } from '../support/cli.js';
import { eventually } from '../support/eventually.js';
import { closeGate, installGate, openGate, untilHeld } from '../support/held-rebuild.js';
import { begin, endOf, maintenancesOf, operating } from '../support/operating.js';
import { chatAcross, sendMany, whileWriting } from '../support/chat-across.js';
import { send, signUp, type SignedUp } from '../support/signed-up.js';

const LONG_MS = 240_000;
/** They are more than two batches of the log. */
const MESSAGES = 2_500;
/** A server looks twice a second whether somebody has cancelled what it does. */
const NOTICED_MS = 1_000;
/** Parks an event of a user, as if it could not have been applied. */
const PARK = `
  insert into projections.parked (projection, position, stream_id, event_id, type, reason)
  select 'users', position, stream_id, event_id, type, 'a test' from log.events
   where stream_id = $1 and type = 'EmailVerified'`;

describe('operators of two servers', function () {
  this.timeout(LONG_MS);
  let one: RunningApp;
  let other: RunningApp;
  let pool: pg.Pool;
  let gate: pg.Client;
  let olga: SignedUp;
  let ada: SignedUp;
  let conversationId: string;

  /** Ends what was started, though not everything was: a server that was left running kept the run of the tests from its end. */
  const endings: (() => Promise<unknown>)[] = [];

  before(async () => {
    one = await startApp();
    endings.push(() => one.stop());
    pool = new pg.Pool({ connectionString: one.databaseUrl });
    endings.push(() => pool.end());
    other = await startApp({ beside: one });
    endings.push(() => other.stop());
    await installGate(pool);
    [olga, ada] = [await signUp(one, 'olga'), await signUp(one, 'ada')];
    await chatappHere(toolEnvironment(one), 'users', 'grant', 'olga', 'operator');
    ({ conversationId } = await send(one, ada, { recipientId: olga.userId, text: 'the first one' }));
    await sendMany(one, ada, conversationId, MESSAGES);
  });
  after(async () => {
    for (const end of endings.reverse()) await end();
  });
  beforeEach(async () => {
    gate = new pg.Client({ connectionString: one.databaseUrl });
    await gate.connect();
  });
  afterEach(() => gate.end());

  const rebuild = (at: RunningApp, choices = '') => begin(at, olga, 'POST', `/messages/rebuild${choices}`);
  /** Begins a rebuild that is held in its middle. */
  const held = async (at: RunningApp, choices = '') => {
    await closeGate(gate);
    const id = await rebuild(at, choices);
    await untilHeld(pool);
    return id;
  };
  const besideMessages = async (at: RunningApp) => (await operating(at, olga)('GET', '/messages')).body['rebuild'];
  /** Sends on both servers, and reads on the other one what was sent. */
  const chat = (text: string) => chatAcross([one, other], { from: ada, to: ada, conversationId }, text);

  it('rebuild while people chat, and see from each server how far it is', async () => {
    const id = await held(one);
    await chat('while it is held');
    const beside = (await besideMessages(other)) as { share: number; position: string };
    expect(beside.share).to.be.greaterThan(0).and.lessThan(1);
    expect(Number(beside.position)).to.be.greaterThan(0);
    expectProblem(await operating(other, olga)('POST', '/messages/rebuild'), 409, 'maintenance_under_way');
    expectProblem(await operating(other, olga)('POST', '/messages/verify'), 409, 'maintenance_under_way');
    const { code, err } = await chatappHere(toolEnvironment(one), 'projections', 'rebuild', 'messages');
    expect(code, err).to.equal(1);
    expect(err)
      .to.match(/messages is being maintained already: rebuild since /)
      .and.to.include(`by user ${olga.userId}`);
    await openGate(gate);
    const { end, result } = await endOf(other, olga, 'messages', id);
    expect(end).to.equal('complete');
    const tables = result?.['tables'] as { table: string; differentGroups: number }[];
    expect(tables.map(({ table }) => table)).to.include('messages');
    expect(tables.filter(({ differentGroups }) => differentGroups > 0)).to.deep.equal([]);
    await chat('behind the switch');
    expect(await besideMessages(one)).to.equal(null);
  });

  // The new generation was never as far as the one in use, as long as somebody wrote twenty messages a second.
  it('rebuild while people write without a pause', async () => {
    const end = await whileWriting(other, { from: ada, conversationId }, async () =>
      endOf(one, olga, 'messages', await rebuild(one)),
    );
    expect(end).to.include({ end: 'complete' });
  });

  it('cancel a rebuild of the other server, which throws away what it has filled', async () => {
    let id: string | undefined;
    const cancelled = async () => {
      id = await held(one);
      expect(await begin(other, olga, 'DELETE', '/messages/rebuild')).to.equal(id);
      await sleep(NOTICED_MS);
      await openGate(gate);
      const { end, cancelledBy } = await endOf(other, olga, 'messages', id);
      expect(cancelledBy).to.equal(olga.userId);
      return end;
    };
    // On a slow machine a rebuild may have come to its end before its server looks.
    await eventually(cancelled, (end) => end === 'cancelled');
    expect(await besideMessages(other)).to.equal(null);
    const again = await begin(other, olga, 'DELETE', '/messages/rebuild');
    expect(again).to.not.equal(id);
    const { result } = await endOf(one, olga, 'messages', again);
    expect(result).to.deep.equal({ kind: 'discard', discarded: false });
  });

  it('go on with what a server has left that was stopped', async () => {
    const third = await startApp({ beside: one });
    const id = await held(third);
    const stopped = third.stop();
    await openGate(gate);
    expect(await stopped).to.equal(0);
    expect(await endOf(one, olga, 'messages', id)).to.include({ end: 'server_stopped' });
    const next = await endOf(one, olga, 'messages', await rebuild(one));
    expect(Number(next.result?.['resumedAt'])).to.be.greaterThan(0);
  });

  it('go on with what a server has left that was killed', async () => {
    const third = await startApp({ beside: one });
    const id = await held(third);
    await third.kill();
    await openGate(gate);
    expect(await endOf(one, olga, 'messages', id)).to.include({ end: 'lost' });
    const next = await endOf(one, olga, 'messages', await rebuild(one));
    expect(Number(next.result?.['resumedAt'])).to.be.greaterThan(0);
    expect((await maintenancesOf(one, olga, 'messages')).map(({ end }) => end).slice(0, 2)).to.deep.equal([
      'complete',
      'lost',
    ]);
  });

  it('apply a parked event, of which they see no more than what it is', async () => {
    await pool.query(PARK, [`user-${ada.userId}`]);
    const seen = await operating(other, olga)('GET', '/users');
    expect(seen.body).to.include({ parked: 1 });
    const [parked] = seen.body['parkedEvents'] as [Record<string, unknown>];
    expect(parked).to.include({ type: 'EmailVerified', streamId: `user-${ada.userId}`, reason: 'a test' });
    expect(Object.keys(parked)).to.have.members(['position', 'streamId', 'eventId', 'type', 'reason', 'parkedAt']);
    const { result } = await endOf(one, olga, 'users', await begin(other, olga, 'POST', '/users/redrive'));
    expect(result).to.deep.equal({ kind: 'redrive', applied: 1, stillParked: 0 });
    expect((await operating(one, olga)('GET', '/users')).body).to.include({ parked: 0 });
  });

  it('verify each read model, and see the tables that differ', async () => {
    await pool.query('delete from messages.messages where seq = 7');
    const { result } = await endOf(other, olga, 'messages', await begin(one, olga, 'POST', '/messages/verify'));
    expect(result).to.include({ kind: 'verify', isRight: false, parked: 0 });
    const tables = result?.['tables'] as { table: string; rows: number; expected: number }[];
    const { rows = 0, expected = 0 } = tables.find(({ table }) => table === 'messages') ?? {};
    expect(rows).to.equal(expected - 1);
    await endOf(one, olga, 'messages', await rebuild(one));
    const repaired = await endOf(one, olga, 'messages', await begin(other, olga, 'POST', '/messages/verify'));
    expect(repaired.result).to.include({ isRight: true });
  });

  it('list where read models stand', async () => {
    const { body } = await operating(one, olga)('GET', '');
    const all = body['projections'] as { name: string; behind: number; running: boolean }[];
    expect(all.map(({ name }) => name)).to.have.members(PROJECTIONS.map(({ name }) => name));
    // It takes every event; others say that they have passed over those of no concern to them now and then.
    const caughtUp = async () => (await operating(one, olga)('GET', '/audit_index')).body['behind'] as number;
    await eventually(caughtUp, (behind) => behind === 0);
  });

  it('are operators alone, and say why', async () => {
    for (const [method, path] of [
      ['GET', ''],
      ['GET', '/messages'],
      ['POST', '/messages/verify'],
      ['POST', '/messages/rebuild'],
      ['POST', '/messages/redrive'],
      ['DELETE', '/messages/rebuild'],
    ] as const)
      expectProblem(await operating(one, ada)(method, path), 403, 'forbidden');
    const unsaid = await operating(one, olga)('POST', '/messages/rebuild', { headers: {} });
    expectProblem(unsaid, 400, 'audit_reason_required');
    for (const name of ['nothing', '__proto__', 'constructor'])
      for (const [method, path] of [
        ['GET', ''],
        ['POST', '/verify'],
        ['DELETE', '/rebuild'],
      ] as const)
        expectProblem(await operating(one, olga)(method, `/${name}${path}`), 404, 'projection_not_found');
    for (const name of ["'%20or%201=1", '$gt', '%00', 'x'.repeat(41), '-1'])
      expectProblem(await operating(one, olga)('POST', `/${name}/redrive`), 400, 'invalid_request');
    expectProblem(await operating(one, olga)('POST', '/mail/rebuild'), 409, 'projection_not_rebuildable');
  });

  it('leave events that auditors find, and are out with their role', async () => {
    await makeAuditors(one, ada);
    const { body } = await auditing(one, ada)('GET', `/events?type=MaintenanceStarted&actorId=${olga.userId}`);
    const found = body['events'] as { data: Record<string, unknown> }[];
    expect(found.map(({ data }) => data['kind'])).to.include.members(['rebuild', 'discard', 'redrive', 'verify']);
    expect(new Set(found.map(({ data }) => data['reason']))).to.deep.equal(new Set(['Searches find too little']));
    const id = await held(other);
    await chatappHere(toolEnvironment(one), 'users', 'revoke', 'olga', 'operator');
    for (const [method, path] of [
      ['GET', '/messages'],
      ['DELETE', '/messages/rebuild'],
    ] as const)
      expectProblem(await operating(other, olga)(method, path), 403, 'forbidden');
    await openGate(gate);
    await chatappHere(toolEnvironment(one), 'users', 'grant', 'olga', 'operator');
    expect(await endOf(one, olga, 'messages', id)).to.include({ end: 'complete', startedBy: olga.userId });
  });
});
