import { setImmediate as nextTurn } from 'node:timers/promises';
import type { NatsConnection } from '@nats-io/transport-node';

/** The pause between two questions that show whether the server is alive. */
export const NATS_PROBE_SECONDS = 2;
/** The time after which a server without an answer is given up. */
const ANSWER_WITHIN_MS = 8_000;

/** The server does not do what is needed of it. */
export class NatsRefusalError extends Error {
  override readonly name = 'NatsRefusalError';
}

export interface NatsLinkParts {
  readonly connection: NatsConnection;
  /** The subject on which is spoken and listened. */
  readonly subject: string;
  readonly onMessage: (payload: string) => void;
  /** Called whenever the server has answered. */
  readonly alive: () => void;
}

/** One connection to NATS, from its first answer until it fails in any way. Then it is of no more use. */
export class NatsLink {
  readonly #parts: NatsLinkParts;
  /** Rejects what waits for an answer. The client leaves it waiting when its connection is closed. */
  readonly #waiting = new Set<(error: Error) => void>();
  readonly #probing: NodeJS.Timeout;
  #failure: Error | undefined;
  #tellOfEnd: (error: Error) => void = () => undefined;
  /** Resolves with the reason, once the link is of no more use. */
  readonly ended = new Promise<Error>((resolve) => (this.#tellOfEnd = resolve));

  constructor(parts: NatsLinkParts) {
    const { connection, subject, onMessage } = parts;
    this.#parts = parts;
    connection.subscribe(subject, {
      callback: (error, message) => {
        if (error) this.end(error);
        else onMessage(message.string());
      },
    });
    void connection.closed().then((error) => this.end(error ?? new NatsRefusalError('the server hung up')));
    void this.#watch();
    this.#probing = setInterval(() => void this.#probe(), NATS_PROBE_SECONDS * 1_000);
  }

  /** Sends messages in their order; resolves once the server has taken them. */
  async send(payloads: readonly string[]): Promise<void> {
    const { connection, subject } = this.#parts;
    this.#requireUsable();
    for (const payload of payloads) connection.publish(subject, payload);
    await this.#answered();
    await nextTurn(); // What the server has refused before its answer is known by then.
    this.#requireUsable();
  }

  #requireUsable(): void {
    if (this.#failure) throw this.#failure;
  }

  /** Ends the link. Nothing is sent any more. */
  end(error: Error): void {
    if (this.#failure) return;
    this.#failure = error;
    clearInterval(this.#probing);
    for (const fail of [...this.#waiting]) fail(error);
    void this.#parts.connection.close().then(() => this.#tellOfEnd(error));
  }

  /** Ends the link when the server refuses something. */
  async #watch(): Promise<void> {
    for await (const status of this.#parts.connection.status()) if (status.type === 'error') this.end(status.error);
  }

  async #probe(): Promise<void> {
    if (this.#waiting.size > 0) return;
    await this.#answered().catch(() => undefined); // The link has ended, and says why.
  }

  /** Resolves once the server has taken everything that was sent. Without an answer the link ends. */
  #answered(): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = () => {
        clearTimeout(timer);
        this.#waiting.delete(fail);
      };
      const fail = (error: Error) => {
        settle();
        reject(error);
      };
      const timer = setTimeout(() => this.end(new NatsRefusalError('no answer from the server')), ANSWER_WITHIN_MS);
      this.#waiting.add(fail);
      this.#parts.connection.flush().then(() => {
        settle();
        this.#parts.alive();
        resolve();
      }, fail);
    });
  }
}
