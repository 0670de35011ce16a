import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { errorCode } from '../error-code.js';
import { AWAIT_APPEND, FORGET_LISTENER, REGISTER_LISTENER } from './listeners.sql.js';
import { destroy, openSession } from './session.js';
import { LOCK_NOT_AVAILABLE, READ_ONLY } from './sql-state.js';

const RETRY_MS = 500;
/** The pause between two questions that show whether the connection is alive. */
export const PROBE_SECONDS = 2;
/** The time after which a connection without an answer is given up. */
const ANSWER_WITHIN_MS = 10_000;
const PROBE = 'select 1';
const SETTINGS = { lock_timeout: '2000' };

/** Listens, and says so to those who notify. */
const register = async (client: pg.Client, channel: string, owner: string): Promise<void> => {
  try {
    await client.query(`listen ${channel}`);
    await client.query(REGISTER_LISTENER, [channel, owner]);
  } catch (error) {
    // The database can only be read, as a standby: whoever follows the log finds by looking what they are not told of.
    if (errorCode(error) === READ_ONLY) return;
    throw error;
  }
  try {
    await client.query(AWAIT_APPEND);
  } catch (error) {
    // The log is locked for long: whoever follows it finds by looking what they were not told of.
    if (errorCode(error) !== LOCK_NOT_AVAILABLE) throw error;
  }
};

/** Logs what fails, and what works again by itself. */
interface ListenerLog {
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
}

export interface ListenerParts {
  readonly config: pg.ClientConfig;
  readonly channel: string;
  /** The owner of the listener: sessions that name the same owner do not notify it. */
  readonly owner: string;
  /** Called with a notification, and with the server process of the session that sent it. */
  readonly onNotify: (payload: string, processId: number) => void;
  /** Called when the connection was lost. */
  readonly onLost?: () => void;
  /** Called when the connection was lost and is there again: notifications may have been missed. */
  readonly onReconnect: () => void;
  /** Called whenever the connection has answered. */
  readonly alive?: () => void;
  readonly log: ListenerLog;
}

/**
 * Listens on a channel to what other programs say, on a connection of its own. The connection is opened again when it was
 * lost or has gone silent.
 */
export class PostgresListener {
  readonly #parts: ListenerParts;
  #client: pg.Client | undefined;
  #closed = false;

  constructor(parts: ListenerParts) {
    this.#parts = parts;
  }

  async open(): Promise<void> {
    const { config, channel, owner, onNotify, log } = this.#parts;
    const parts = { name: `listener of ${channel}`, settings: SETTINGS, answerWithinMs: ANSWER_WITHIN_MS };
    const client = await openSession(config, parts, () => undefined);
    client.on('notification', ({ payload = '', processId }) => onNotify(payload, processId));
    client.on('error', (error) => log.warn({ err: error, channel }, 'listener lost its connection'));
    try {
      await register(client, channel, owner);
    } catch (error) {
      destroy(client);
      throw error;
    }
    const probing = this.#probe(client);
    client.on('end', () => {
      clearInterval(probing);
      this.#parts.onLost?.();
      void this.#reopen();
    });
    this.#client = client;
    this.#parts.alive?.();
  }

  /** A connection that was cut without a word looks like one on which nothing happens: a question without an answer ends it. */
  #probe(client: pg.Client): NodeJS.Timeout {
    const ask = () =>
      client.query(PROBE).then(
        () => this.#parts.alive?.(),
        () => undefined, // the connection is lost: `end` follows
      );
    return setInterval(() => void ask(), PROBE_SECONDS * 1_000);
  }

  async #reopen(): Promise<void> {
    const { onReconnect, log, channel } = this.#parts;
    const isClosed = () => this.#closed;
    for (;;) {
      await sleep(RETRY_MS);
      if (isClosed()) return;
      try {
        await this.open();
        if (isClosed()) await this.#client?.end();
        else onReconnect();
        return;
      } catch (error) {
        log.warn({ err: error, channel }, 'listener cannot connect, trying again');
      }
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#client?.query(FORGET_LISTENER).catch(() => undefined); // where it is lost, the next one to listen removes it
    await this.#client?.end();
  }
}
