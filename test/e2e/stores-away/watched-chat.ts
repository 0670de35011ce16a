import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { v7 as newId } from 'uuid';
import type { RunningApp } from '../../support/app.js';
import { askedOverHttp } from '../../support/asked-over-http.js';
import { call } from '../../support/call.js';
import { eventually } from '../../support/eventually.js';
import { openSocket, type LiveSocket } from '../../support/live-socket.js';
import { signUp, type SignedUp } from '../../support/signed-up.js';
import type { Frame } from '../../support/socket.js';

/** The pause between two messages, and between two attempts at the same one. */
const PAUSE_MS = 400;
const LONGEST_MS = 90_000;

/** An answer, as far as these tests look at it. */
export interface Told {
  readonly status: number;
  readonly code: unknown;
  readonly retryAfter: string | null;
  readonly isProblem: boolean;
}

interface Acknowledged {
  readonly messageId: string;
  readonly position: string;
}

type Checks = Readonly<Record<string, { readonly ok: boolean; readonly detail?: string }>>;

const CODES = ['unavailable', 'overloaded', 'projection_lagging'];

/** Expects a refusal that a client understands: come again. */
export const expectComeAgain = ({ status, code, retryAfter, isProblem }: Told): void => {
  expect({ status, retryAfter, isProblem }).to.deep.equal({ status: 503, retryAfter: '1', isProblem: true });
  expect(CODES).to.include(code);
};

/** Two users of a server talk while a store of it goes away and comes back. */
export class WatchedChat {
  readonly app: RunningApp;
  readonly ada: SignedUp;
  readonly bob: SignedUp;
  readonly #eve: SignedUp;
  readonly socket: LiveSocket;
  readonly #acknowledged: Acknowledged[] = [];
  readonly #refusals: Told[] = [];
  #conversationId = '';
  #isWriting = false;
  #writing: Promise<void> = Promise.resolve();

  private constructor(app: RunningApp, [ada, bob, eve]: readonly [SignedUp, SignedUp, SignedUp], socket: LiveSocket) {
    this.app = app;
    this.ada = ada;
    this.bob = bob;
    this.#eve = eve;
    this.socket = socket;
  }

  /** Signs them up, and sends a first message to the other's socket. */
  static async open(app: RunningApp): Promise<WatchedChat> {
    const [ada, bob, eve] = [await signUp(app, 'ada'), await signUp(app, 'bob'), await signUp(app, 'eve')];
    const chat = new WatchedChat(app, [ada, bob, eve], await openSocket(app, bob));
    await chat.#write();
    await chat.socket.next('message.sent');
    return chat;
  }

  /** Has one of them write to the other all the time, until `expectWhole`. */
  keepWriting(): void {
    this.#isWriting = true;
    this.#writing = this.#writeOn();
  }

  /** Answers what the writer was refused with so far. */
  get refusals(): readonly Told[] {
    return this.#refusals;
  }

  get acknowledged(): number {
    return this.#acknowledged.length;
  }

  async ask(
    path: string,
    init: RequestInit = {},
    { accessToken } = this.ada,
  ): Promise<Told & { readonly body: Record<string, unknown> }> {
    const headers = { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' };
    const response = await fetch(this.app.url + path, { ...init, headers });
    const body = (await response.json()) as Record<string, unknown>;
    const isProblem =
      response.headers.get('content-type')?.startsWith('application/problem+json') === true &&
      body['requestId'] === response.headers.get('x-request-id');
    const { status } = response;
    return { status, code: body['code'], retryAfter: response.headers.get('retry-after'), isProblem, body };
  }

  history = () => this.ask(`/message/v1/history?conversationId=${this.#conversationId}`);
  inbox = () => this.ask('/conversation/v1');
  /** The inbox of one who has done nothing that it would have to show: read models are not waited for. */
  inboxOfNewcomer = () => this.ask('/conversation/v1', {}, this.#eve);
  profile = () => this.ask('/user/v1/me');
  send = () => this.#send(newId());

  #send(messageId: string) {
    const body = JSON.stringify({ messageId, recipientId: this.bob.userId, text: messageId });
    return this.ask('/message/v1/send', { method: 'POST', body });
  }

  /** Sends a frame over the socket, and answers the answer. */
  sendFrame() {
    const id = newId();
    this.socket.send({ type: 'send', id, recipientId: this.ada.userId, text: id });
    return this.socket.answerTo(id);
  }

  /** Sends one message until it is acknowledged, under the same id. */
  async #write(): Promise<void> {
    const messageId = newId();
    for (;;) {
      const told = await this.#send(messageId);
      if (told.status < 300) {
        const { position, conversationId } = told.body as { position: string; conversationId: string };
        this.#conversationId = conversationId;
        this.#acknowledged.push({ messageId, position });
        return;
      }
      this.#refusals.push(told);
      await sleep(PAUSE_MS);
    }
  }

  async #writeOn(): Promise<void> {
    while (this.#isWriting) {
      await sleep(PAUSE_MS);
      await this.#write();
    }
  }

  /** Answers the names of the checks that fail, and the status. */
  async readiness(): Promise<{ readonly status: number; readonly failed: readonly string[]; readonly checks: Checks }> {
    const response = await fetch(`${this.app.url}/readyz`);
    const { checks } = (await response.json()) as { readonly checks: Checks };
    const failed = Object.keys(checks).filter((name) => checks[name]?.ok === false);
    return { status: response.status, failed, checks };
  }

  /** Resolves once `/readyz` names the check as failed. */
  async untilNamed(name: string): Promise<void> {
    const { status } = await eventually(
      () => this.readiness(),
      ({ failed }) => failed.includes(name),
      LONGEST_MS,
    );
    expect(status).to.equal(503);
  }

  /** Expects what needs no store to go on. */
  async expectAlive(): Promise<void> {
    expect((await call(this.app, 'GET', '/healthz')).status).to.equal(200);
    expect((await call(this.app, 'GET', '/metrics')).status).to.equal(200);
    this.socket.send({ type: 'ping' });
    await this.socket.next('pong');
  }

  /** Expects that everything goes on by itself, and that nothing is lost that was acknowledged. */
  async expectWhole(): Promise<void> {
    await eventually(
      () => this.readiness(),
      ({ status }) => status === 200,
      LONGEST_MS,
    );
    const before = this.acknowledged;
    await eventually(
      async () => this.acknowledged,
      (count) => count > before + 1,
      LONGEST_MS,
    );
    for (const refusal of this.#refusals) expectComeAgain(refusal);
    this.#isWriting = false;
    await this.#writing;
    await this.#expectHistory();
    await this.#expectFrames();
    await this.#expectNothingParked();
    expect(this.app.output()).not.to.include('internal_error');
  }

  async #expectHistory(): Promise<void> {
    const last = this.#acknowledged.at(-1)?.position ?? '0';
    const shown = await askedOverHttp(this.app, this.bob, last).history(this.#conversationId);
    const ids = shown.map(({ messageId }) => messageId);
    const wanted = this.#acknowledged.map(({ messageId }) => messageId);
    expect(ids.filter((id) => wanted.includes(id))).to.deep.equal(wanted);
    expect(new Set(ids).size).to.equal(ids.length);
  }

  /** The socket was never closed: each message came to it, in the order of the log. */
  async #expectFrames(): Promise<void> {
    const told = () => this.socket.frames.filter(({ type }) => type === 'message.sent');
    const idOf = ({ message }: Frame) => (message as { messageId: string }).messageId;
    const wanted = this.#acknowledged.map(({ messageId }) => messageId);
    await eventually(
      async () => told().map(idOf),
      (ids) => wanted.every((id) => ids.includes(id)),
      LONGEST_MS,
    );
    const positions = told().map(({ position }) => BigInt(position as string));
    expect(positions.every((position, index) => index === 0 || position > (positions[index - 1] ?? 0n))).to.equal(true);
    expect(this.socket.ws.readyState).to.equal(this.socket.ws.OPEN);
  }

  async #expectNothingParked(): Promise<void> {
    const lags = await eventually(
      async () => (await call(this.app, 'GET', '/metrics')).text.match(/^chatapp_projection_lag_events\{.*$/gm) ?? [],
      (lines) => lines.length > 0 && lines.every((line) => line.endsWith(' 0')),
      LONGEST_MS,
    );
    expect(lags).to.have.length.above(0);
    const { text } = await call(this.app, 'GET', '/metrics');
    const parked = text.match(/^chatapp_parked_events(_total)?\{.*$/gm) ?? [];
    expect(parked.filter((line) => !line.endsWith(' 0'))).to.deep.equal([]);
  }

  async close(): Promise<void> {
    this.#isWriting = false;
    await this.#writing;
    this.socket.ws.terminate();
  }
}
