import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

const RETRY_MS = 500;

/** Told of what goes wrong and right by itself again. */
interface ListenerLog {
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
}

export interface ListenerParts {
  readonly config: pg.ClientConfig;
  readonly channel: string;
  /** A notification, with the server process of the session that sent it. */
  readonly onNotify: (payload: string, processId: number) => void;
  /** The connection was lost and is there again: notifications may have been missed. */
  readonly onReconnect: () => void;
  readonly log: ListenerLog;
}

/** Listens on a channel, on a connection of its own that is opened again when it was lost. */
export class PostgresListener {
  readonly #parts: ListenerParts;
  #client: pg.Client | undefined;
  #closed = false;

  constructor(parts: ListenerParts) {
    this.#parts = parts;
  }

  async open(): Promise<void> {
    const { config, channel, onNotify, log } = this.#parts;
    const client = new pg.Client({ ...config, application_name: `listener of ${channel}`, keepAlive: true });
    client.on('notification', ({ payload = '', processId }) => onNotify(payload, processId));
    client.on('error', (error) => log.warn({ err: error, channel }, 'listener lost its connection'));
    await client.connect();
    await client.query(`listen ${channel}`);
    client.on('end', () => void this.#reopen());
    this.#client = client;
  }

  async #reopen(): Promise<void> {
    const { onReconnect, log, channel } = this.#parts;
    for (;;) {
      await sleep(RETRY_MS);
      if (this.#closed) return;
      try {
        await this.open();
        onReconnect();
        return;
      } catch (error) {
        log.warn({ err: error, channel }, 'listener cannot connect, trying again');
      }
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#client?.end();
  }
}
