import { ChatError, type ErrorCode } from '../errors.js';
import { isAfter } from '../model/positions.js';
import type { Platform } from '../platform.js';
import type { AckFrame, ErrorFrame, Message } from '../wire.js';
import { frameOf, isTooLarge, placeOf, type Command, type CommandContent, type OutgoingMessage } from './command.js';
import type { KeptCommands } from './kept-commands.js';
import { Lanes } from './lane.js';

/** The commands that are under way at a time: the server takes 64 of a socket. */
const MAX_UNDER_WAY = 16;

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
  /** Answers the ordinal of a message that is known. */
  readonly seqOf: (conversationId: string, messageId: string) => number | undefined;
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
  readonly #lanes = new Lanes();
  #keeping: Promise<void> = Promise.resolve();
  #isLive = false;
  #isPaused = false;
  /** The time of the last place. */
  #last = 0;

  constructor(parts: OutboxParts) {
    this.#parts = parts;
  }

  open(): Promise<void> {
    return this.#parts.kept.open((commands) => {
      const adopted = commands.filter(({ id }) => !this.#entries.has(id));
      for (const { place } of adopted) this.#last = Math.max(this.#last, Number(place));
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
    this.#last = Math.max(this.#last + 1, at);
    const command: Command = { id, lane, place: placeOf(this.#last), content, at: new Date(at).toISOString() };
    if (isTooLarge(command)) throw new ChatError('payload_too_large', 'a command has at most 64 KiB');
    // One after another, so that a later one is not sent before an earlier one is kept.
    const kept = this.#keeping.then(() => this.#parts.kept.keep(command));
    this.#keeping = kept.catch(() => undefined); // whoever gave this command is told
    await kept;
    void this.#replaceReads(content).catch(() => undefined); // an earlier mark that is sent all the same moves nothing
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
    if (this.#entries.get(id) !== entry) return this.#parts.kept.drop(command); // it was discarded meanwhile
    this.#put({ command, isUnderWay: false });
    this.#pump();
  }

  /** Drops a command, and the changes of a message that is dropped. One that is under way may be carried out all the same. */
  async discard(id: string): Promise<void> {
    const dropped = this.#concerning(id).filter(({ ack }) => !ack);
    for (const { command } of dropped) {
      this.#delete(command.id);
      this.#settle(command.id, ({ reject }) => reject(new ChatError('discarded', 'the command was discarded')));
    }
    this.#pump();
    await Promise.all(dropped.map(({ command }) => this.#parts.kept.drop(command)));
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

  /** Answers the lane of a message of which anything is not answered yet. */
  laneOf(messageId: string): string | undefined {
    return this.#concerning(messageId)[0]?.command.lane;
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
    this.#lanes.learn(command, ack);
    if (command.content.type === 'send' && isAhead) this.#put({ command, isUnderWay: false, ack });
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

  /** A message of the user's own has come, as a frame or in a history: that acknowledges it, too. */
  seen({ messageId, conversationId, position, sentAt }: Message): void {
    this.acknowledged({ id: messageId, messageId, conversationId, position, sentAt }, position);
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

  /** Removes everything from this device, whichever tab has kept it. */
  async clear(): Promise<void> {
    await this.#keeping;
    await this.#parts.kept.clear();
  }

  close(): void {
    this.#isLive = false;
    void this.#keeping.then(() => this.#parts.kept.close()); // another tab takes also what was given last
    for (const id of this.#waiting.keys())
      this.#settle(id, ({ reject }) => reject(new ChatError('signed_out', 'the client was closed')));
  }

  /** Sends what may go: of each lane the oldest, so that nothing overtakes. */
  #pump(): void {
    if (!this.#isLive || this.#isPaused) return;
    const waiting = [...this.#entries.values()].filter(({ command, ack }) => !command.failure && !ack);
    const underWay = waiting.filter((entry) => entry.isUnderWay).map(({ command }) => this.#lanes.of(command));
    const busy = new Set(underWay);
    let room = MAX_UNDER_WAY - underWay.length;
    for (const { command } of waiting) {
      if (room <= 0) return;
      const lane = this.#lanes.of(command);
      if (busy.has(lane)) continue;
      busy.add(lane);
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
  async #replaceReads(content: CommandContent): Promise<void> {
    if (content.type !== 'read') return;
    const seqOf = ({ conversationId, messageId }: typeof content) =>
      this.#parts.seqOf(conversationId, messageId) ?? NaN;
    const isPassed = ({ content: other }: Command): boolean =>
      other.type === 'read' && other.conversationId === content.conversationId && seqOf(other) <= seqOf(content);
    const passed = [...this.#entries.values()].filter(({ command, isUnderWay }) => !isUnderWay && isPassed(command));
    await Promise.all(passed.map(({ command }) => this.discard(command.id)));
  }

  /** The command with this id, and the changes of the message with this id. */
  #concerning(id: string): Entry[] {
    return [...this.#entries.values()].filter(
      ({ command: { content, id: own } }) =>
        own === id || (content.type !== 'read' && 'messageId' in content && content.messageId === id),
    );
  }

  #put(entry: Entry): void {
    this.#entries.set(entry.command.id, entry);
    this.#parts.onChange(conversationOf(entry));
  }

  #delete(id: string): void {
    const entry = this.#entries.get(id);
    this.#entries.delete(id);
    if (entry) this.#parts.onChange(conversationOf(entry));
  }

  #settle(id: string, how: (waiting: Waiting) => void): void {
    const waiting = this.#waiting.get(id) ?? [];
    this.#waiting.delete(id);
    for (const each of waiting) how(each);
  }
}
