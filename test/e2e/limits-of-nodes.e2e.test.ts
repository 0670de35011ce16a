import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { startApp, type RunningApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { userNumber } from '../support/ids.js';
import { testDatabase, type TestDatabase } from '../support/postgres.js';
import { signUp, type SignedUp } from '../support/signed-up.js';
import { openTcpProxy, type TcpProxy } from '../support/tcp-proxy.js';

const newSecret = () => randomBytes(32).toString('hex');
const PER_ACCOUNT = 10;
const PER_ADDRESS = 100;
/** A server has a connection to the database for each of its half. */
const AT_A_TIME = 20;
/** A request costs one point of 1,200 in a minute, and each ten of the 999 ids that it names cost one. */
const POINTS_OF_ONE = 1 + 99;
const COSTLY_A_MINUTE = 12;

interface Answered {
  readonly status: number;
  readonly retryAfter: string | null;
}

/** Each node counted for itself: two of them took twice as many guesses. */
describe('The limits of two servers on one database', () => {
  let database: TestDatabase;
  let proxy: TcpProxy;
  let nodes: readonly [RunningApp, RunningApp];
  let ada: SignedUp;

  before(async function () {
    this.timeout(90_000);
    database = await testDatabase();
    proxy = await openTcpProxy(database.url);
    const secrets = { jwtSecret: newSecret(), masterKey: newSecret() };
    const env = { RATE_LIMIT_SCALE: '1', TRUST_PROXY: '1' };
    const one = await startApp({ beside: { ...secrets, databaseUrl: database.url }, env });
    nodes = [one, await startApp({ beside: { ...secrets, databaseUrl: proxy.url }, env })];
    ada = await signUp(one, 'ada');
  });
  after(async () => {
    for (const node of nodes) await node.stop();
    await proxy.close();
    await database.drop();
  });

  const post = async (node: RunningApp, address: string, path: string, json: object): Promise<Answered> => {
    const response = await fetch(node.url + path, {
      method: 'POST',
      headers: {
        'x-forwarded-for': address,
        'content-type': 'application/json',
        authorization: `Bearer ${ada.accessToken}`,
      },
      body: JSON.stringify(json),
    });
    await response.arrayBuffer();
    return { status: response.status, retryAfter: response.headers.get('retry-after') };
  };
  const guess = (node: RunningApp, address: string, login: string, password = 'guessed, and wrong') =>
    post(node, address, '/user/v1/login', { login, password });
  const unknown = Array.from({ length: 999 }, (_, n) => userNumber(1_000 + n));
  const startCrowd = (node: RunningApp, address: string) =>
    post(node, address, '/conversation/v1', { kind: 'group', title: 'Crowd', memberIds: unknown });
  const nodeOf = (n: number) => nodes[n % 2] as RunningApp;
  /** Waits until the servers have told each other of so many points. No request waits for that. */
  const untilTold = (points: number) =>
    eventually(
      async () => {
        const { rows } = await database.pool.query<{ most: number }>(
          `select coalesce(max(points), 0)::integer as most from security.limits where key like 'requests:%'`,
        );
        return rows[0]?.most ?? 0;
      },
      (most) => most >= points,
    );

  /** Asks this many times, some at a time. */
  const atOnce = async (many: number, asking: (n: number) => Promise<Answered>): Promise<Answered[]> => {
    const answers: Answered[] = [];
    for (let n = 0; n < many; n += AT_A_TIME)
      answers.push(...(await Promise.all(Array.from({ length: AT_A_TIME }, (_, m) => asking(n + m)))));
    return answers;
  };

  /** Answers how many answers have each status. Each that was refused for being too many says when to come back. */
  const counted = (answers: readonly Answered[]): Readonly<Record<number, number>> => {
    const refused = answers.filter(({ status }) => status === 429);
    for (const { retryAfter } of refused) expect(retryAfter).to.match(/^[1-9]\d*$/);
    const statuses = new Set(answers.map(({ status }) => status));
    return Object.fromEntries(
      [...statuses].map((each) => [each, answers.filter(({ status }) => status === each).length]),
    );
  };

  it('let no more wrong passwords through than one server does, however many come at once', async () => {
    const many = 4 * PER_ACCOUNT;
    const answers = await atOnce(many, (n) => guess(nodeOf(n), '192.0.2.1', ada.username));
    expect(counted(answers)).to.deep.equal({ 401: PER_ACCOUNT, 429: many - PER_ACCOUNT });
    for (const node of nodes)
      expect(await guess(node, '192.0.2.1', ada.username, ada.password)).to.have.property('status', 429);
  });

  it('hold for all names together that an address tries', async () => {
    const many = PER_ADDRESS + 20;
    const answers = await atOnce(many, (n) => guess(nodeOf(n), '192.0.2.2', `nobody${n}`));
    expect(counted(answers)).to.deep.equal({ 401: PER_ADDRESS, 429: many - PER_ADDRESS });
  });

  it('forget on both what failed before a success on one', async () => {
    const failsOnBoth = async (times: number): Promise<void> => {
      for (let n = 0; n < times; n += 1)
        expect(await guess(nodeOf(n), '192.0.2.3', ada.email)).to.have.property('status', 401);
    };
    await failsOnBoth(PER_ACCOUNT - 1);
    expect(await guess(nodes[1], '192.0.2.3', ada.email, ada.password)).to.have.property('status', 200);
    await failsOnBoth(2);
  });

  it('hold for the requests of an address, but for what a server has not told of yet', async () => {
    const answers: Answered[] = [];
    for (let n = 0; n < 2 * COSTLY_A_MINUTE; n += 1) {
      answers.push(await startCrowd(nodeOf(n), '192.0.2.4'));
      await untilTold(answers.filter(({ status }) => status === 404).length * POINTS_OF_ONE);
    }
    const { 404: taken = 0, 429: refused = 0 } = counted(answers);
    expect(taken + refused).to.equal(2 * COSTLY_A_MINUTE);
    expect(taken).to.be.within(COSTLY_A_MINUTE, COSTLY_A_MINUTE + 2);
  });

  it('go on on each server while the database is away, and for both together when it is back', async () => {
    const cutOff = nodes[1];
    await proxy.refuse();
    try {
      const guesses: Answered[] = [];
      for (let n = 0; n < PER_ACCOUNT + 5; n += 1) guesses.push(await guess(cutOff, '192.0.2.1', ada.username));
      expect(counted(guesses)).to.deep.equal({ 503: PER_ACCOUNT, 429: 5 });
      const requests: Answered[] = [];
      for (let n = 0; n < COSTLY_A_MINUTE + 5; n += 1) requests.push(await startCrowd(cutOff, '192.0.2.5'));
      expect(counted(requests)).to.deep.equal({ 503: COSTLY_A_MINUTE, 429: 5 });
    } finally {
      await proxy.admit();
    }
    expect(await guess(cutOff, '192.0.2.1', ada.username)).to.have.property('status', 429);
    expect(await guess(cutOff, '192.0.2.6', ada.email, ada.password)).to.have.property('status', 200);
    for (const node of nodes) expect(node.output()).not.to.match(/unhandled|internal_error/i);
  });

  it('leave no name and no address in the database', async () => {
    const { rows } = await database.pool.query<{ all: string }>(
      `select string_agg(key, ' ') as all from security.limits`,
    );
    expect(rows[0]?.all).to.include('login/network:').and.include('requests:');
    expect(rows[0]?.all).not.to.match(/ada|nobody|192\.0\.2/);
  });
});
