import type { Duplex } from 'node:stream';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import type { AccessClaims } from '../../application/ports/access-tokens.js';
import type { Position } from '../../domain/kernel/ids.js';
import { hasReached, laterOf, LOG_START } from '../../domain/kernel/position.js';
import { closeCodes, closeReasons, type CloseReason } from './close-codes.js';
import type { Socket } from './socket.js';
import { textFrame } from './text-frame.js';

/** The most unsent bytes of a socket. A slower one is closed: it resumes, and loses nothing. */
const MAX_UNSENT_BYTES = 1024 * 1024;
/** A resume is sent in pieces of about this size, each once the one before it has left. */
const CHUNK_BYTES = 128 * 1024;
const DRAIN_POLL_MS = 5;
/** The most commands of one socket under way at a time. Nothing more is read from it until half of them are done. */
const MAX_UNDER_WAY = 64;

interface HeldFrame {
  readonly frame: Buffer;
  readonly position: Position | undefined;
  readonly shows: Position | undefined;
}

/** One client's socket. Frames of one turn are written together. */
export class Connection {
  readonly socket: Socket;
  readonly address: string;
  readonly #stream: Duplex;
  #claims: AccessClaims | undefined;
  #unwritten: Buffer[] = [];
  #unwrittenBytes = 0;
  #held: HeldFrame[] | undefined;
  #heldBytes = 0;
  #served: Position = LOG_START;
  #pushed: Position = LOG_START;
  #underWay = 0;
  #closed = false;
  #isLeaving = false;
  /** The number of pings in a row that the client has not answered. */
  unansweredPings = 0;
  /** Counts the frames that were sent, for metrics. */
  onFrames: (count: number) => void = () => undefined;
  /** Called once with why the server closes the socket. */
  onClose: (reason: CloseReason) => void = () => undefined;
  /** Called when the socket is closed, from whichever side. */
  onGone: () => void = () => undefined;

  constructor(socket: Socket, stream: Duplex, address: string) {
    this.socket = socket;
    this.#stream = stream;
    this.address = address;
  }

  get claims(): AccessClaims | undefined {
    return this.#claims;
  }

  authenticate(claims: AccessClaims): void {
    this.#claims = claims;
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  /** The last position that a frame told of that was made for many and sent to it, `LOG_START` before the first. */
  get pushed(): Position {
    return this.#pushed;
  }

  /** Answers up to where the client has its frames, when everything up to a position has been delivered. */
  servedUpTo(deliveredUpTo: Position): Position {
    return this.#held ? this.#served : laterOf(this.#served, deliveredUpTo);
  }

  /** Makes frames that were made for many wait until `release`: what the client has missed goes first. */
  hold(served: Position): void {
    this.#held = [];
    this.#served = served;
  }

  /** Says whether frames that were made for many wait: the client is still told what it has missed. */
  get isHeld(): boolean {
    return this.#held !== undefined;
  }

  /** Sends the frames that waited, but for those that the resume has sent already. */
  release(served: Position): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    this.#served = served;
    for (const { frame, position, shows } of held)
      if (position === undefined || !hasReached(served, position)) this.push(frame, position, shows);
  }

  /** Sends an answer, or anything else that has no place in the order. */
  send(content: object): void {
    this.write(textFrame(content));
  }

  /** Sends a frame that was made for many, with its place in the order, if it has one, and the last position that it tells of. */
  push(frame: Buffer, position: Position | undefined, shows = position): void {
    if (this.#held) {
      this.#held.push({ frame, position, shows });
      this.#heldBytes += frame.length;
      if (this.#heldBytes > MAX_UNSENT_BYTES) this.close('tooSlow');
      return;
    }
    this.write(frame);
    if (position !== undefined) this.#served = position;
    if (shows !== undefined) this.#pushed = laterOf(this.#pushed, shows);
  }

  /** Sends a frame that was made for many, and has no place in the order. */
  write(frame: Buffer): void {
    if (this.#closed) return;
    if (this.#unwritten.length === 0) setImmediate(() => this.flush());
    this.#unwritten.push(frame);
    this.#unwrittenBytes += frame.length;
  }

  /** Sends a frame that may be lost: not to a socket that is resuming, nor to one that has not taken what it was sent. */
  offer(frame: Buffer): void {
    if (!this.#held && this.#stream.writableLength === 0) this.write(frame);
  }

  /** Writes the frames that have gathered, all at once. */
  flush(): void {
    const frames = this.#unwritten;
    if (frames.length === 0) return;
    this.#unwritten = [];
    const bytes = this.#unwrittenBytes;
    this.#unwrittenBytes = 0;
    if (this.#stream.writableLength > MAX_UNSENT_BYTES) {
      this.close('tooSlow');
      return;
    }
    const [first] = frames;
    this.#stream.write(frames.length === 1 && first ? first : Buffer.concat(frames, bytes));
    this.onFrames(frames.length);
  }

  /** Resolves once little enough is unsent. After each piece the other sockets have their turn, however fast this one is. */
  async whenDrained(): Promise<void> {
    if (this.#unwrittenBytes < CHUNK_BYTES) return;
    this.flush();
    await nextTurn();
    while (!this.#closed && this.#stream.writableLength > CHUNK_BYTES) await sleep(DRAIN_POLL_MS);
  }

  /** Sends a ping after everything that was sent before; the client answers with the same data. */
  ping(data = ''): void {
    if (this.#closed || this.socket.readyState !== this.socket.OPEN) return;
    this.flush();
    this.socket.ping(data);
  }

  /** Counts a command under way, so that one client cannot pile them up. */
  begin(): void {
    this.#underWay += 1;
    if (this.#underWay === MAX_UNDER_WAY) this.socket.pause();
  }

  end(): void {
    this.#underWay -= 1;
    if (this.#underWay !== MAX_UNDER_WAY / 2) return;
    this.unansweredPings = 0; // Whatever the client has answered meanwhile is read only now.
    this.socket.resume();
  }

  /** Says whether nothing is read from the socket, answers to pings included. */
  get isPaused(): boolean {
    return this.socket.isPaused;
  }

  /** Says whether a command is under way. */
  get isBusy(): boolean {
    return this.#underWay > 0;
  }

  /** From now on no frame of the client is begun: the socket is closed once those under way are answered. */
  leave(): void {
    this.#isLeaving = true;
  }

  get isLeaving(): boolean {
    return this.#isLeaving;
  }

  /** Closes the socket. A client that reads nothing is cut off. */
  close(reason: CloseReason): void {
    if (reason !== 'tooSlow') this.flush(); // This may find that the socket is too slow.
    if (this.#closed) return;
    this.onClose(reason);
    this.gone();
    this.socket.resume();
    this.socket.close(closeCodes[reason], closeReasons[reason]);
  }

  /** Notes that the connection is gone: whatever was to be sent is dropped. */
  gone(): void {
    this.#closed = true;
    this.#unwritten = [];
    this.#held = undefined;
    this.onGone();
  }
}
