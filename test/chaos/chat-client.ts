import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { createChat, type Chat } from '../../src/interfaces/client/client.js';
import type { SocketConstructor } from '../../src/interfaces/client/platform.js';
import type { Frame } from '../../src/interfaces/client/wire.js';
import { tokensOf } from '../support/chat-tokens.js';
import { FrameRecord, type PushedFrame, type ReadingFrame } from './frame-record.js';

/** This many sends are under way at a time. */
export const IN_FLIGHT = 2;
const POLL_MS = 50;
const BACK_OFF = { firstMs: 20, longestMs: 200 };
/** These frames are of use in any order, and as often as they come. */
const READING: ReadonlySet<string> = new Set(['message.read', 'message.receipts']);
/** Receipts of others come up to a second late. */
const RECEIPTS_MS = 2_500;
/** One message in this many is marked as read. */
const READ_EVERY = 7;
/** A server closes with this one because the client reads too slowly: it resumes. */
const TOO_SLOW = 4409;

export interface ChatClientParts {
  readonly userId: string;
  readonly accessToken: string;
  /** The conversations in which the client writes. */
  readonly conversationIds: readonly string[];
  /** The pause behind each message, in milliseconds. */
  readonly pauseMs: number;
  /** Answers the server to connect to next, as `http://127.0.0.1:<port>`. */
  readonly pickServer: () => string;
}

/** A user of the client library, which has to keep its promises; beside it a record of the frames as they came. */
export class ChatClient {
  record = new FrameRecord('0');
  readonly acknowledged = new Set<string>();
  /** The positions of the messages that the client shows in the end. */
  readonly shown = new Set<string>();
  /** The number of connections. */
  connections = 0;
  readonly #parts: ChatClientParts;
  readonly #chat: Chat;
  #socket: WebSocket | undefined;
  #wake: () => void = () => undefined;
  #sending = false;
  #sent = 0;
  #served = 0n;

  constructor(parts: ChatClientParts) {
    this.#parts = parts;
    this.#chat = createChat({
      url: parts.pickServer,
      WebSocket: this.#sockets(),
      backOff: BACK_OFF,
      onFrame: (frame) => this.#came(frame),
      onWake: (wake) => ((this.#wake = wake), () => undefined),
    });
  }

  /** Signs in, and resolves once the client is current. */
  async start(): Promise<void> {
    await this.#chat.signInWith(tokensOf(this.#parts));
    while (!this.#chat.isCurrent) await sleep(POLL_MS);
  }

  /** Begins to write. Everything behind this position must reach the client. */
  write(position: string): void {
    this.record = new FrameRecord(position);
    this.#sending = true;
    for (let n = 0; n < IN_FLIGHT; n += 1) void this.#writeOn();
  }

  /** Says how it stands, for people. */
  get state(): string {
    const unseen = this.#chat.outgoing().length;
    const { name } = this.#chat.connection;
    return `${name}, ${this.#chat.isCurrent ? 'current' : 'not current'}, served up to ${this.#served}, ${unseen} messages unseen`;
  }

  /** Cuts the connection without a close frame. */
  cut(): void {
    this.#socket?.terminate();
  }

  /** Sends nothing new, and resolves when everything that was sent is acknowledged. */
  async drain(): Promise<void> {
    this.#sending = false;
    await this.#chat.flushed();
  }

  /** Resolves when everything up to this position has been served, and its receipts too, then ends the connection. */
  async finish(position: string): Promise<void> {
    while (this.#served < BigInt(position) || !this.#chat.isCurrent) {
      this.#wake();
      await sleep(POLL_MS);
    }
    await sleep(RECEIPTS_MS);
    for (const { text, state } of this.#chat.outgoing()) this.record.fault(`"${text}" is still shown as ${state}`);
    for (const conversationId of this.#parts.conversationIds) await this.#take(conversationId);
    this.#chat.close();
  }

  /** Notes what is shown of a conversation. Only a resync may leave gaps, to be filled when somebody looks at them. */
  async #take(conversationId: string): Promise<void> {
    const gaps = this.#chat.gaps(conversationId);
    if (gaps.length > 0 && !this.record.hasResynced)
      this.record.fault(`${conversationId} has gaps: ${JSON.stringify(gaps)}`);
    while (await this.#chat.loadEarlier(conversationId, 200));
    for (const message of this.#chat.messages(conversationId)) this.shown.add(message.position);
  }

  async #writeOn(): Promise<void> {
    const { conversationIds, userId, pauseMs } = this.#parts;
    while (this.#sending) {
      const conversationId = conversationIds[this.#sent++ % conversationIds.length];
      const id = await this.#chat.send({ conversationId, text: `${this.#sent} of ${userId}` });
      await this.#chat.settled(id).then(
        () => this.acknowledged.add(id),
        (error: unknown) => this.record.fault(`refused: ${String(error)}`),
      );
      await sleep(pauseMs);
    }
  }

  #came(frame: Frame): void {
    const { position } = frame as { readonly position?: string };
    if (READING.has(frame.type)) this.record.takeReading(frame as unknown as ReadingFrame);
    if (position === undefined || frame.type === 'ack') return;
    if (frame.type === 'ready') this.connections += 1;
    else if (frame.type === 'pong') this.#served = BigInt(position);
    else if (frame.type === 'resync') this.record.resynced(position);
    else this.#pushed(frame as unknown as PushedFrame);
  }

  #pushed(frame: PushedFrame): void {
    this.record.take(frame);
    if (frame.type !== 'message.sent' || !this.#sending || this.record.size % READ_EVERY !== 0) return;
    const { conversationId, messageId } = frame.message;
    this.#chat.markRead(conversationId, messageId).catch((error: unknown) => this.record.fault(String(error)));
  }

  /** The sockets that the library opens: they can be cut, and how they end is noted. */
  #sockets(): SocketConstructor {
    const opened = (socket: WebSocket): void => {
      this.#socket = socket;
      this.record.reconnected();
      socket.on('close', (code) => {
        if (code >= 4400 && code !== TOO_SLOW) this.record.fault(`closed with ${code}`);
      });
    };
    return class extends WebSocket {
      constructor(url: string) {
        super(url);
        opened(this);
      }
    };
  }
}
