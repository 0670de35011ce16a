import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { startApp, type AppOptions, type RunningApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { KurrentDbDouble } from '../support/kurrentdb-double/kurrentdb-double.js';
import { openSocket, type LiveSocket } from '../support/live-socket.js';
import { mongoFor, newDatabaseName } from '../support/mongodb.js';
import { natsMissing, startNats } from '../support/nats.js';
import { startOwnPostgres } from '../support/own-postgres.js';
import { expectComeAgain, WatchedChat } from './stores-away/watched-chat.js';

const AWAY_MS = 20_000;
const LONG_MS = 400_000;

const newSecret = () => randomBytes(32).toString('hex');

/** A store that can be taken away in both ways. */
interface Store {
  /** Settings of the server that uses it. */
  readonly options: AppOptions;
  /** From now on it answers nothing, and its connections stay open. */
  freeze(): unknown;
  thaw(): unknown;
  /** Its connections end, and new ones are refused. */
  stop(): unknown;
  restart(): unknown;
  remove(): unknown;
}

interface Case {
  readonly name: string;
  /** Why it cannot be tested here. */
  readonly reason?: string | undefined;
  readonly open: () => Promise<Store>;
  /** What is expected while the store is away. */
  readonly meanwhile: (chat: WatchedChat) => Promise<void>;
  /** What is expected when it is back, beside all else. */
  readonly afterwards?: (chat: WatchedChat) => Promise<void>;
  readonly close?: () => Promise<void>;
}

const WAYS = {
  'answers nothing': { take: 'freeze', give: 'thaw' },
  'refuses connections': { take: 'stop', give: 'restart' },
} as const;
type Way = keyof typeof WAYS;

const expectFrameRefused = async (chat: WatchedChat): Promise<void> => {
  const frame = await chat.sendFrame();
  expect(frame).to.include({ type: 'error', retryAfterMs: 1_000 });
  expect(['unavailable', 'overloaded']).to.include(frame['code']);
};

/** The store stays away until the writer was refused, too: its request may have begun later than the others. */
const untilRefused = (chat: WatchedChat) =>
  eventually(
    async () => chat.refusals.length,
    (count) => count > 0,
  );

const postgres: Case = {
  name: 'PostgreSQL',
  open: async () => {
    const server = await startOwnPostgres();
    const secrets = { jwtSecret: newSecret(), masterKey: newSecret() };
    return { ...server, options: { beside: { databaseUrl: server.url, ...secrets } } };
  },
  meanwhile: async (chat) => {
    const asked = [chat.send(), chat.history(), chat.inbox(), chat.inboxOfNewcomer(), chat.profile()];
    for (const refused of await Promise.all(asked)) expectComeAgain(refused);
    await expectFrameRefused(chat);
    await chat.untilNamed('event log');
    await untilRefused(chat);
  },
};

const mongoFound = mongoFor({ killable: true });

const mongodb: Case = {
  name: 'MongoDB',
  reason: 'reason' in mongoFound ? mongoFound.reason : undefined,
  open: async () => {
    if ('reason' in mongoFound) throw new Error(mongoFound.reason);
    const server = await mongoFound.start();
    process.stdout.write(`MongoDB is taken away: tested on ${server.name}\n`);
    return {
      options: { env: { MONGODB_URL: `${server.url}${newDatabaseName()}` } },
      freeze: () => server.freeze(),
      thaw: () => server.thaw(),
      stop: () => server.kill(),
      restart: () => server.restart(),
      remove: () => server.stop(),
    };
  },
  meanwhile: async (chat) => {
    expect((await chat.send()).status).to.equal(201);
    expect(await chat.sendFrame()).to.include({ type: 'ack' });
    const asked = [chat.history(), chat.inbox(), chat.inboxOfNewcomer()];
    expect((await chat.profile()).status).to.equal(200);
    for (const refused of await Promise.all(asked)) expectComeAgain(refused);
    await chat.untilNamed('projection messages');
    expect(chat.refusals, 'of the writer').to.deep.equal([]);
  },
};

const kurrentdb: Case = {
  name: 'KurrentDB (the double)',
  open: async () => {
    const double = await new KurrentDbDouble().start();
    return {
      options: { env: { KURRENTDB_URL: double.url } },
      freeze: () => double.faults.freeze(),
      thaw: () => double.faults.thaw(),
      stop: () => double.stop(),
      restart: () => double.start(),
      remove: () => double.stop(),
    };
  },
  meanwhile: async (chat) => {
    const asked = [chat.history(), chat.inbox(), chat.profile()];
    for (const answered of await Promise.all(asked)) expect(answered.status).to.equal(200);
    expectComeAgain(await chat.send());
    await expectFrameRefused(chat);
    await chat.untilNamed('event log');
    await untilRefused(chat);
  },
};

/** Resolves when a user who watches another on another node is shown them with this status. */
const untilShown = async (watching: LiveSocket, userId: string, status: string): Promise<void> => {
  const last = async () => watching.frames.filter((frame) => frame.type === 'presence' && frame['userId'] === userId);
  await eventually(last, (frames) => frames.at(-1)?.['status'] === status);
};

/** A second node, and a socket there that is shown who is connected to the first. */
class OtherNode {
  #app: RunningApp | undefined;
  #watching: LiveSocket | undefined;

  async watch(chat: WatchedChat): Promise<LiveSocket> {
    this.#app ??= await startApp({ beside: chat.app, env: { NATS_URL: this.natsUrl } });
    if (!this.#watching) {
      this.#watching = await openSocket(this.#app, chat.ada);
      this.#watching.send({ type: 'presence.watch', userIds: [chat.bob.userId] });
    }
    return this.#watching;
  }

  constructor(readonly natsUrl: string) {}

  async stop(): Promise<void> {
    this.#watching?.ws.terminate();
    await this.#app?.stop();
  }
}

let other: OtherNode;

const nats: Case = {
  name: 'NATS',
  reason: natsMissing,
  open: async () => {
    const server = await startNats();
    other = new OtherNode(server.url);
    return {
      ...server,
      stop: () => server.kill(),
      options: { env: { NATS_URL: server.url } },
      remove: () => server.stop(),
    };
  },
  meanwhile: async (chat) => {
    const asked = [chat.history(), chat.inbox(), chat.profile(), chat.send()];
    for (const answered of await Promise.all(asked)) expect(answered.status).to.be.below(300);
    expect(await chat.sendFrame()).to.include({ type: 'ack' });
    await eventually(
      () => chat.readiness(),
      ({ checks }) => checks['signals']?.detail?.includes('typing and presence') === true,
    );
    expect((await chat.readiness()).status).to.equal(200);
    expect(chat.refusals, 'of the writer').to.deep.equal([]);
  },
  afterwards: async (chat) => untilShown(await other.watch(chat), chat.bob.userId, 'online'),
  close: () => other.stop(),
};

/** One store, a server of its own that uses it, and users who talk there. */
class Trial {
  readonly #case: Case;
  readonly #begun = new Map<Way, Promise<void>>();
  #store: Store | undefined;
  #app: RunningApp | undefined;
  #chat: WatchedChat | undefined;

  constructor(given: Case) {
    this.#case = given;
  }

  /** Begins, and takes the store away in one way after the other. */
  begin(): void {
    let before: Promise<unknown> = this.#open();
    for (const way of Object.keys(WAYS) as Way[]) {
      const trying = before.then(() => this.#takeAway(way));
      before = trying.catch(() => undefined); // the test of this way tells
      this.#begun.set(way, trying);
    }
  }

  /** Expects the server to end when it is asked to while the store answers nothing. */
  async stopWithoutStore(): Promise<void> {
    await Promise.allSettled(this.#begun.values());
    const [store, app] = [this.#store, this.#app];
    if (!store || !app) throw new Error('the server did not start');
    await this.#chat?.close();
    await this.#case.close?.();
    await store.freeze();
    const code = await app.stop();
    await store.thaw();
    await store.remove();
    expect(code).to.be.oneOf([0, 1]);
    expect(app.output()).to.match(/"msg":"stopped/);
  }

  /** Resolves once the store was taken away in this way, and is back. */
  async done(way: Way): Promise<void> {
    await this.#begun.get(way);
  }

  async #open(): Promise<void> {
    const { open } = this.#case;
    this.#store = await open();
    const { options } = this.#store;
    this.#app = await startApp({ ...options, env: { READY_MAX_LAG: '3s', ...options.env } });
    this.#chat = await WatchedChat.open(this.#app);
  }

  async #takeAway(way: Way): Promise<void> {
    const [store, chat] = [this.#store, this.#chat];
    if (!store || !chat) throw new Error('the server did not start');
    const { meanwhile, afterwards } = this.#case;
    const { take, give } = WAYS[way];
    await afterwards?.(chat);
    chat.keepWriting();
    await store[take]();
    const back = sleep(AWAY_MS);
    try {
      await chat.expectAlive();
      await meanwhile(chat);
      await chat.expectAlive();
    } finally {
      await back;
      await store[give]();
    }
    await chat.expectWhole();
    await afterwards?.(chat);
  }
}

// What follows the log is behind for as long as its store was away. All stores are away at the same time, each from a server
// of its own: one after the other would take minutes.
describe('While a store is away for 20 s', function () {
  this.timeout(LONG_MS);
  const trials = new Map<Case, Trial>();

  before(() => {
    for (const each of [postgres, mongodb, kurrentdb, nats]) {
      if (each.reason !== undefined) continue;
      const trial = new Trial(each);
      trials.set(each, trial);
      trial.begin();
    }
  });

  for (const each of [postgres, mongodb, kurrentdb, nats]) {
    if (each.reason !== undefined) it(`${each.name}: ${each.reason}`);
    else {
      for (const way of Object.keys(WAYS) as Way[]) it(`${each.name}, which ${way}`, () => trials.get(each)?.done(way));
      it(`${each.name}, and the server is asked to stop`, () => trials.get(each)?.stopWithoutStore());
    }
  }
});
