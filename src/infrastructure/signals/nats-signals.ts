import { setTimeout as sleep } from 'node:timers/promises';
import type { NatsConnection } from '@nats-io/transport-node';
import { NatsRefusalError, type NatsLink } from '../nats/nats-link.js';
import { BatchedSignals, type BatchedSignalsParts } from './batched-signals.js';
import { openSignalsLink } from './open-signals-link.js';

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 5_000;
/** A link that lives so long shows that what failed before works again. */
const HEALED_AFTER_MS = 10_000;
/** The time that a node that leaves gives each of its last steps. */
const LAST_STEP_MS = 1_000;

const withinMoments = (work: Promise<void> | undefined): Promise<void> =>
  Promise.race([Promise.resolve(work), sleep(LAST_STEP_MS, undefined, { ref: false })]);

export interface NatsSignalsParts extends BatchedSignalsParts {
  readonly connect: () => Promise<NatsConnection>;
  /** The subject on which all nodes of this installation speak. */
  readonly subject: string;
  /** Called whenever the server has answered. */
  readonly alive?: () => void;
}

/**
 * Sends signals over NATS. As long as no server can be reached, signals are dropped, and a server is looked for again and
 * again. Once it is back, all nodes tell each other everything.
 */
export class NatsSignals extends BatchedSignals {
  readonly #parts: NatsSignalsParts;
  readonly #ending = new AbortController();
  #link: NatsLink | undefined;
  #running: Promise<void> | undefined;
  /** The reasons that were logged since the server was last reached. */
  readonly #reasons = new Set<string>();

  constructor(parts: NatsSignalsParts) {
    super(parts);
    this.#parts = parts;
  }

  /** Resolves once a server is reached, or could not be at the first attempt. */
  async open(): Promise<void> {
    await new Promise<void>((attempted) => {
      this.#running = this.#run(attempted);
    });
  }

  override get isBehind(): boolean {
    return super.isBehind || this.#link === undefined;
  }

  /** Sends what waits, then receives nothing more. */
  async close(): Promise<void> {
    await withinMoments(this.sent());
    this.#ending.abort();
    this.#link?.end(new NatsRefusalError('this node leaves'));
    await withinMoments(this.#running); // It may be waiting for a server that does not answer.
  }

  /** One batch after the other is with the server: what it does not take stays here, where it is bounded. */
  protected async send(payloads: readonly string[]): Promise<boolean> {
    const link = this.#link;
    if (!link) return false;
    return link.send(payloads).then(
      () => true,
      () => false, // The link has ended, and its reason is logged once.
    );
  }

  async #run(attempted: () => void): Promise<void> {
    const { signal } = this.#ending;
    const isEnding = () => signal.aborted;
    let wait = FIRST_WAIT_MS;
    while (!isEnding()) {
      const startedAt = performance.now();
      const reason = await this.#use(attempted).catch((error: unknown) => error);
      this.#link = undefined;
      if (!isEnding()) this.#tellOfLoss(reason);
      attempted();
      if (performance.now() - startedAt > HEALED_AFTER_MS) wait = FIRST_WAIT_MS;
      await sleep(wait, undefined, { signal }).catch(() => undefined); // the signal ends it
      wait = Math.min(2 * wait, LONGEST_WAIT_MS);
    }
  }

  /** Works with a connection until it is lost, and answers why. */
  async #use(onReached: () => void): Promise<Error> {
    const { connect, subject, alive } = this.#parts;
    const link = await openSignalsLink(
      { connection: await connect(), subject, onMessage: (payload) => this.receive(payload), alive: () => alive?.() },
      this.emptyBatch(),
    );
    if (this.#ending.signal.aborted) link.end(new NatsRefusalError('this node leaves'));
    this.#link = link;
    onReached();
    this.#tellOfReturn();
    this.listeners.tellOfMissed();
    return link.ended;
  }

  /** Logs each reason once, however long it lasts. */
  #tellOfLoss(error: unknown): void {
    const reason = String(error);
    if (this.#reasons.has(reason)) return;
    this.#reasons.add(reason);
    this.#parts.log.warn(
      { err: error },
      'NATS is out of reach: typing and presence of users on other nodes are not shown, trying again',
    );
  }

  #tellOfReturn(): void {
    if (this.#reasons.size > 0) this.#parts.log.info({}, 'NATS is within reach again');
    this.#reasons.clear();
  }
}
