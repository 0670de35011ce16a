import { setTimeout as sleep } from 'node:timers/promises';
import { v7 as newId } from 'uuid';
import { WebSocket } from 'ws';
import { FrameRecord, type PushedFrame, type ReadingFrame } from './frame-record.js';

/** This many sends are under way at a time. */
const IN_FLIGHT = 2;
const RETRY_MS = 50;
const RECONNECT_MS = 20;
/** These frames are of use in any order, and as often as they come. */
const READING: ReadonlySet<string> = new Set(['message.read', 'message.receipts']);
/** Receipts of others come up to a second late. */
const RECEIPTS_MS = 2_500;
/** One message in this many is marked as read. */
const READ_EVERY = 7;
/** These refusals say that the same frame may be accepted later. */
const RETRYABLE = new Set(['overloaded', 'unavailable', 'projection_lagging']);

type Frame = Readonly<Record<string, unknown>> & { readonly type: string };

export interface ChatClientParts {
  readonly userId: string;
  readonly accessToken: string;
  /** The conversations in which the client writes. */
  readonly conversationIds: readonly string[];
  /** The client counts from here: everything behind this position must reach it. */
  readonly position: string;
  /** Answers the server to connect to next, as `http://127.0.0.1:<port>`. */
  readonly pickServer: () => string;
}

/**
 * A client that follows the documented rules: it repeats a send under the same `messageId` until it is acknowledged,
 * and resumes behind the last position that it handled, on whichever server it reaches next.
 */
export class ChatClient {
  readonly record: FrameRecord;
  readonly acknowledged = new Set<string>();
  /** The number of connections that resumed. */
  resumed = 0;
  readonly #parts: ChatClientParts;
  readonly #pending = new Map<string, object>();
  #socket: WebSocket | undefined;
  #server = '';
  #work: Promise<void> = Promise.resolve();
  #sending = true;
  #closing = false;
  #sent = 0;
  #served = 0n;
  #done: Promise<void> = Promise.resolve();

  constructor(parts: ChatClientParts) {
    this.#parts = parts;
    this.record = new FrameRecord(parts.position);
  }

  start(): void {
    this.#done = this.#stayConnected();
  }

  /** Cuts the connection without a close frame. */
  cut(): void {
    this.#socket?.terminate();
  }

  /** Sends nothing new, and resolves when everything that was sent is acknowledged. */
  async drain(): Promise<void> {
    this.#sending = false;
    while (this.#pending.size > 0) await sleep(RETRY_MS);
  }

  /** Resolves when everything up to this position has been served, and its receipts too, then ends the connection. */
  async finish(position: string): Promise<void> {
    while (this.#served < BigInt(position)) {
      this.#transmit({ type: 'ping' });
      await sleep(RETRY_MS);
    }
    await sleep(RECEIPTS_MS);
    this.#closing = true;
    this.#socket?.close();
    await this.#done;
  }

  async #stayConnected(): Promise<void> {
    for (let first = true; !this.#closing; first = false) {
      if (!first) await sleep(RECONNECT_MS);
      await this.#connection();
    }
  }

  /** Runs one connection from its beginning to its end. */
  #connection(): Promise<void> {
    this.#server = this.#parts.pickServer();
    this.record.reconnected();
    const socket = new WebSocket(`${this.#server.replace('http', 'ws')}/ws/`);
    this.#socket = socket;
    const { accessToken: token } = this.#parts;
    socket.on('open', () => this.#transmit({ type: 'auth', token, resumeAfter: this.record.position }));
    socket.on('message', (data: Buffer) => {
      const frame = JSON.parse(data.toString()) as Frame;
      this.#work = this.#work.then(() => (this.#socket === socket ? this.#take(frame) : undefined));
      if (READING.has(frame.type)) this.record.takeReading(frame as unknown as ReadingFrame);
    });
    socket.on('error', () => undefined); // the connection ends next, and another one follows
    return new Promise((resolve) => {
      socket.on('close', (code) => {
        if (code >= 4400 && code !== 4409) this.record.fault(`closed with ${code}`);
        this.#work = this.#work.then(() => {
          this.#socket = undefined;
          resolve();
        });
      });
    });
  }

  async #take(frame: Frame): Promise<void> {
    if (frame.type === 'ready') this.#ready();
    else if (frame.type === 'ack') this.#acknowledge(String(frame['id']));
    else if (frame.type === 'error') this.#refused(frame);
    else if (frame.type === 'pong') this.#served = BigInt(frame['position'] as string);
    else if (frame.type === 'resync') await this.#resync(frame);
    else if (frame['position'] !== undefined) this.#pushed(frame as unknown as PushedFrame);
  }

  #ready(): void {
    this.resumed += 1;
    for (const frame of this.#pending.values()) this.#transmit(frame);
    this.#fill();
  }

  #acknowledge(id: string): void {
    if (!this.#pending.delete(id)) return;
    this.acknowledged.add(id);
    this.#fill();
  }

  #refused(frame: Frame): void {
    const pending = this.#pending.get(String(frame['id']));
    if (!RETRYABLE.has(String(frame['code']))) this.record.fault(`refused: ${JSON.stringify(frame)}`);
    else if (pending) setTimeout(() => this.#transmit(pending), RETRY_MS);
  }

  #pushed(frame: PushedFrame): void {
    this.record.take(frame);
    if (frame.type !== 'message.sent' || !this.#sending || this.record.size % READ_EVERY !== 0) return;
    const { conversationId, messageId } = frame.message;
    this.#transmit({ type: 'read', conversationId, messageId });
  }

  #fill(): void {
    while (this.#sending && this.#pending.size < IN_FLIGHT) {
      const { conversationIds, userId } = this.#parts;
      const messageId = newId();
      const conversationId = conversationIds[this.#sent++ % conversationIds.length];
      const text = `${this.#sent} of ${userId}`;
      const frame = { type: 'send', id: messageId, messageId, conversationId, text };
      this.#pending.set(messageId, frame);
      this.#transmit(frame);
    }
  }

  #transmit(frame: object): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(frame));
  }

  /** Pages what was too much to resume frame by frame, by the documented cursors. */
  async #resync(frame: Frame): Promise<void> {
    const position = frame['position'] as string;
    const listed = frame['conversations'] as { readonly conversationId: string; readonly cursor: string }[];
    try {
      for (const { conversationId, cursor } of listed) await this.#page(conversationId, cursor, position);
      this.record.resynced(position);
    } catch {
      this.cut(); // the server is gone: the next connection resumes from the same position
    }
  }

  async #page(conversationId: string, from: string, position: string): Promise<void> {
    for (let cursor: string | null = from; cursor !== null;) {
      const query = `conversationId=${conversationId}&limit=200&after=${encodeURIComponent(cursor)}`;
      const answer = await fetch(`${this.#server}/message/v1/history?${query}`, {
        headers: { authorization: `Bearer ${this.#parts.accessToken}`, 'x-min-position': position },
      });
      if (!answer.ok) throw new Error(`history answered ${answer.status}`);
      const page = (await answer.json()) as { messages: PushedFrame['message'][]; nextCursor: string | null };
      for (const message of page.messages) this.record.paged(message, position);
      cursor = page.nextCursor;
    }
  }
}
