import { ChatError, type ErrorCode } from '../errors.js';
import { isAfter } from '../model/positions.js';
import type { Platform } from '../platform.js';
import type { AckFrame, ErrorFrame } from '../wire.js';
import { frameOf, isTooLarge, type Command, type CommandContent, type OutgoingMessage } from './command.js';
import type { KeptCommands } from './kept-commands.js';

/** The commands that are under way at a time: the server takes 64 of a socket. */
const MAX_UNDER_WAY = 16;
const PLACE_DIGITS = 16;

interface Entry {
  readonly command: Command;
  readonly isUnderWay: boolean;
  /** The acknowledgement of a message whose frame has not come yet. */
  readonly ack?: AckFrame;
}

const conversationOf = ({ command: { content }, ack }: Entry): string | undefined =>
  ack?.conversationId ?? ('conversationId' in content ? content.conversationId : undefined);

interface Waiting {
  readonly resolve: (ack: AckFrame) => void;
  readonly reject: (error: ChatError) => void;
}

export interface OutboxParts {
  readonly platform: Pick<Platform, 'now' | 'newId' | 'after'>;
  readonly kept: KeptCommands;
  /** Sends a frame; says whether there was a socket. */
  readonly send: (frame: object) => boolean;
  /** Something of this conversation has changed; undefined where it is not known which. */
  readonly onChange: (conversationId: string | undefined) => void;
}

/**
 * The commands that are not acknowledged yet, in their order. Each is kept before it is shown or sent, and sent again under
 * the same id until it is answered.
 */
export class Outbox {
  readonly #parts: OutboxParts;
  readonly #entries = new Map<string, Entry>();
  readonly #waiting = new Map<string, Waiting[]>();
  /** Messages whose frames came before their acknowledgements. */
  readonly #seen = new Set<string>();
  #keeping: Promise<void> = Promise.resolve();
  #isLive = false;
  #isPaused = false;
  #count = 0;

  constructor(parts: OutboxParts) {
    this.#parts = parts;
  }

  open(): Promise<void> {
    return this.#parts.kept.open((commands) => {
      const adopted = commands.filter(({ id }) => !this.#entries.has(id));
      const entries = [...this.#entries.values(), ...adopted.map((command) => ({ command, isUnderWay: false }))];
      this.#entries.clear();
      for (const entry of entries.sort((one, other) => (one.command.place < other.command.place ? -1 : 1)))
        this.#entries.set(entry.command.id, entry);
      for (const command of adopted) this.#parts.onChange(conversationOf({ command, isUnderWay: false }));
      this.#pump();
    });
  }

  /** Keeps a command and sends it as soon as it can. Resolves with its id once it is kept. */
  async give(content: CommandContent, lane: string, id = this.#parts.platform.newId()): Promise<string> {
    const { now } = this.#parts.platform;
    const at = now();
    const place = `${String(at).padStart(PLACE_DIGITS, '0')}-${String(this.#count++).padStart(PLACE_DIGITS, '0')}`;
    const command: Command = { id, lane, place, content, at: new Date(at).toISOString() };
    if (isTooLarge(command)) throw new ChatError('payload_too_large', 'a command has at most 64 KiB');
    // One after another, so that a later one is not sent before an earlier one is kept.
    const kept = this.#keeping.then(() => this.#parts.kept.keep(command));
    this.#keeping = kept.catch(() => undefined); // whoever gave this command is told
    await kept;
    if (content.type === 'read') this.#replaceReads(lane);
    this.#put({ command, isUnderWay: false });
    this.#pump();
    return id;
  }

  /** Resolves with the acknowledgement of a command, and rejects when it is refused or discarded. */
  settled(id: string): Promise<AckFrame> {
    const { ack, command } = this.#entries.get(id) ?? {};
    if (ack) return Promise.resolve(ack);
    const { code, detail } = command?.failure ?? { code: 'discarded', detail: 'no such command is waiting' };
    if (!command || command.failure) return Promise.reject(new ChatError(code, detail));
    return new Promise((resolve, reject) =>
      this.#waiting.set(id, [...(this.#waiting.get(id) ?? []), { resolve, reject }]),
    );
  }

  /** Tries a command again that was refused. */
  async retry(id: string): Promise<void> {
    const entry = this.#entries.get(id);
    if (!entry?.command.failure) return;
    const { failure: _, ...command } = entry.command;
    await this.#parts.kept.keep(command);
    this.#put({ command, isUnderWay: false });
    this.#pump();
  }

  /** Drops a command. One that is under way may have been carried out all the same. */
  async discard(id: string): Promise<void> {
    const entry = this.#entries.get(id);
    if (!entry) return;
    await this.#remove(entry.command);
    this.#settle(id, ({ reject }) => reject(new ChatError('discarded', 'the command was discarded')));
  }

  /** The messages that no history shows yet, in their order. */
  get messages(): OutgoingMessage[] {
    return [...this.#entries.values()].flatMap(({ command, ack }) => {
      const { content, failure, at } = command;
      if (content.type !== 'send') return [];
      const { text = '', replyTo } = content;
      const state = failure ? 'failed' : ack ? 'sent' : 'sending';
      return [
        {
          messageId: command.id,
          conversationId: conversationOf({ command, isUnderWay: false, ...(ack && { ack }) }),
          text,
          replyTo,
          at,
          state,
          failure,
        },
      ];
    });
  }

  /** Answers the lane of a message that is not answered yet. */
  laneOf(messageId: string): string | undefined {
    return this.#entries.get(messageId)?.command.lane;
  }

  /** The commands that were not answered yet, and those that were refused. */
  get unsent(): Command[] {
    return [...this.#entries.values()].filter(({ ack }) => !ack).map(({ command }) => command);
  }

  /** The socket has authenticated: everything that is waiting goes out. */
  live(): void {
    this.#isLive = true;
    this.#pump();
  }

  /** The socket is gone. What was under way is sent again; where a frame was the reason it waits for somebody to ask. */
  down(isRefused: boolean): void {
    this.#isLive = false;
    for (const entry of this.#entries.values()) {
      if (!entry.isUnderWay) continue;
      if (isRefused) this.#fail(entry.command, { code: 'malformed', detail: 'the socket was closed because of it' });
      else this.#entries.set(entry.command.id, { ...entry, isUnderWay: false });
    }
  }

  /** Takes an acknowledgement. A message stays until its frame has come, but for one that came before this position. */
  acknowledged(ack: AckFrame, handled: string | undefined): void {
    const { command } = this.#entries.get(ack.id ?? '') ?? {};
    if (!command) return;
    void this.#parts.kept.drop(command).catch(() => undefined); // it is sent once more after a reload, and recognised
    const isAhead = handled === undefined || isAfter(ack.position, handled);
    if (command.content.type === 'send' && isAhead && !this.#seen.has(command.id))
      this.#put({ command, isUnderWay: false, ack });
    else this.#delete(command.id);
    this.#settle(command.id, ({ resolve }) => resolve(ack));
    this.#pump();
  }

  /** Takes a refusal: the command is tried again later if that may help, and fails otherwise. */
  refused({ id = '', code, detail, retryAfterMs }: ErrorFrame): void {
    const { command } = this.#entries.get(id) ?? {};
    if (!command) return;
    if (retryAfterMs === undefined) this.#fail(command, { code: code as ErrorCode, detail });
    else this.#later(command, retryAfterMs);
    this.#pump();
  }

  /** Notes that a message has come as a frame or in a history. */
  seen(messageId: string): void {
    const entry = this.#entries.get(messageId);
    if (!entry) return;
    if (entry.ack) this.#delete(messageId);
    else this.#seen.add(messageId); // its acknowledgement follows
  }

  /** Drops the messages up to a position that was served. Says whether one had not come: then something was lost. */
  served(position: string): boolean {
    let isLost = false;
    for (const { command, ack } of this.#entries.values()) {
      if (!ack || isAfter(ack.position, position)) continue;
      this.#delete(command.id);
      isLost = true;
    }
    return isLost;
  }

  close(): void {
    this.#isLive = false;
    this.#parts.kept.close();
    for (const id of this.#waiting.keys())
      this.#settle(id, ({ reject }) => reject(new ChatError('signed_out', 'the client was closed')));
  }

  /** Sends what may go: of each lane the oldest, so that nothing overtakes. */
  #pump(): void {
    if (!this.#isLive || this.#isPaused) return;
    const waiting = [...this.#entries.values()].filter(({ command, ack }) => !command.failure && !ack);
    const underWay = waiting.filter((entry) => entry.isUnderWay).map(({ command }) => command.lane);
    const busy = new Set(underWay);
    let room = MAX_UNDER_WAY - underWay.length;
    for (const { command } of waiting) {
      if (room <= 0) return;
      if (busy.has(command.lane)) continue;
      busy.add(command.lane);
      if (!this.#parts.send(frameOf(command))) return;
      this.#entries.set(command.id, { command, isUnderWay: true });
      room -= 1;
    }
  }

  #later(command: Command, milliseconds: number): void {
    this.#entries.set(command.id, { command, isUnderWay: false });
    if (this.#isPaused) return;
    this.#isPaused = true;
    this.#parts.platform.after(milliseconds, () => {
      this.#isPaused = false;
      this.#pump();
    });
  }

  #fail(command: Command, failure: NonNullable<Command['failure']>): void {
    const failed = { ...command, failure };
    this.#put({ command: failed, isUnderWay: false });
    void this.#parts.kept.keep(failed).catch(() => undefined); // it is refused once more after a reload
    this.#settle(command.id, ({ reject }) => reject(new ChatError(failure.code, failure.detail)));
  }

  /** Only the last of several marks that wait counts: reading never moves back. */
  #replaceReads(lane: string): void {
    for (const { command, isUnderWay } of this.#entries.values())
      if (command.lane === lane && command.content.type === 'read' && !isUnderWay) void this.discard(command.id);
  }

  #put(entry: Entry): void {
    this.#entries.set(entry.command.id, entry);
    this.#parts.onChange(conversationOf(entry));
  }

  #delete(id: string): void {
    const entry = this.#entries.get(id);
    this.#entries.delete(id);
    this.#seen.delete(id);
    if (entry) this.#parts.onChange(conversationOf(entry));
  }

  async #remove(command: Command): Promise<void> {
    this.#delete(command.id);
    await this.#parts.kept.drop(command);
  }

  #settle(id: string, how: (waiting: Waiting) => void): void {
    const waiting = this.#waiting.get(id) ?? [];
    this.#waiting.delete(id);
    for (const each of waiting) how(each);
  }
}
