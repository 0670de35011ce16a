import { ChatError, isRefusal } from './errors.js';
import type { ChatModel } from './model/chat-model.js';
import { laterOf, isAfter } from './model/positions.js';
import type { Platform } from './platform.js';
import { Queries, type Call } from './queries.js';
import type { Conversation, Frame, HistoryPage, Message, MessageFrame, ReadyFrame, ResyncFrame } from './wire.js';

const RETRY_MS = 500;
/** Clients that come back together ask for names within so long. */
const NAMES_MS = 2_000;
const MAX_TRIES = 5;
/** A list of conversations shows this many members of each. */
const SHOWN_MEMBERS = 20;
/** All members of a conversation are told of an erasure at one moment, and ask within so long. */
const LIVE_RESYNC_MS = 1_000;
/** Conversations to be asked for again wait so long: more frames may ask for the same. */
const ASK_MS = 200;

export interface SyncParts {
  readonly model: ChatModel;
  readonly call: Call;
  readonly platform: Pick<Platform, 'now' | 'after' | 'random'>;
  /** A message is in the history; as the frame says of one that was sent just now. */
  readonly onMessage: (message: Message, isNew: boolean) => void;
  /** A snapshot was taken, as of this position at least. */
  readonly onSnapshot: (position: string) => void;
  /** The snapshot could not be had: another connection may have more luck. */
  readonly onFailure: () => void;
  readonly onChange: () => void;
}

/** What takes the place of frames: the list, and of the histories and pins that are kept what was sent and changed. */
interface Snapshot {
  readonly inbox: readonly Conversation[];
  readonly histories: readonly {
    readonly conversationId: string;
    readonly messages: readonly Message[];
    /** There are more messages than these. */
    readonly isCut: boolean;
    readonly changes: readonly Message[];
  }[];
  readonly pins: readonly (readonly [conversationId: string, messageIds: readonly string[]])[];
}

/** Keeps the model current: a snapshot first, then every frame, in order and once. */
export class Sync {
  readonly #parts: SyncParts;
  readonly #queries: Queries;
  /** The position of the last frame that was handled; undefined before the first snapshot. */
  #position: string | undefined;
  /** Frames that wait until a snapshot is there. */
  #held: Frame[] | undefined;
  /** The position as of which that snapshot is taken. */
  #target: string | undefined;
  /** The position behind which the frames of this connection are live ones. */
  #liveFrom: string | undefined;
  /** It grows when what was asked for before is no longer of use. */
  #generation = 0;
  #asking = false;
  /** The number of frames that have told names. */
  #namesTold = 0;
  #cancelNames: () => void = () => undefined;

  constructor(parts: SyncParts) {
    this.#parts = parts;
    this.#queries = new Queries(parts.call);
  }

  /** The position after which to resume. */
  get position(): string | undefined {
    return this.#position;
  }

  /** Says whether the model has been filled, and follows the frames. */
  get isCurrent(): boolean {
    return this.#position !== undefined && this.#held === undefined;
  }

  /** A socket has authenticated: a client that begins takes a snapshot. */
  ready({ position, resumed }: ReadyFrame): void {
    this.#liveFrom = position;
    if (resumed) {
      this.#askForNames();
      return;
    }
    // Where the log has not come as far as this client, what it knows is of another log.
    if (this.#position !== undefined) this.#parts.model.clear();
    this.#position = undefined;
    void this.#refill({ position, since: position, conversations: [], left: [] });
  }

  /** The socket is gone: a snapshot that was under way is taken again with the next one. */
  down(): void {
    this.#cancelNames();
    if (this.#held) this.#generation += 1;
    this.#held = undefined;
    this.#target = undefined;
  }

  take(frame: Frame): void {
    if (this.#held) this.#held.push(frame);
    else if (frame.type === 'resync') this.#resync(frame as unknown as ResyncFrame);
    else this.#fold(frame);
    this.#ask();
  }

  /** Among live frames it comes to many at once, so that they ask one after another, and may come again. */
  #resync(frame: ResyncFrame): void {
    const isLive = this.#liveFrom !== undefined && isAfter(frame.position, this.#liveFrom);
    if (isLive && this.#isRepeat(frame.position)) return;
    void this.#refill(frame, isLive ? this.#parts.platform.random() * LIVE_RESYNC_MS : 0);
  }

  /** Notes a position up to which every frame has come. */
  served(position: string): void {
    if (this.#position !== undefined && !this.#held) this.#position = laterOf(this.#position, position);
  }

  /** Answers a page of a history, and folds it in; a page that was overtaken by a resync is dropped. */
  async page(conversationId: string, place: Readonly<Record<string, string>>, limit: number): Promise<HistoryPage> {
    const generation = this.#generation;
    const page = await this.#queries.page(conversationId, place, {
      limit,
      minPosition: this.#target ?? this.#position,
    });
    if (generation === this.#generation) this.#know(conversationId, page.messages);
    this.#parts.onChange();
    return page;
  }

  /** Fetches the pinned messages of a conversation; frames keep them current from then on. */
  async pins(conversationId: string): Promise<readonly string[]> {
    const { model } = this.#parts;
    for (let tries = 1; ; tries += 1) {
      const revision = model.revisionOf(conversationId);
      const messageIds = await this.#queries.pinned(conversationId, this.#position);
      if (model.revisionOf(conversationId) !== revision && tries < MAX_TRIES) continue;
      model.knowPins(conversationId, messageIds);
      this.#parts.onChange();
      return messageIds;
    }
  }

  #fold(frame: Frame): void {
    const { model, platform } = this.#parts;
    const position = frame['position'] as string | undefined;
    // Reading is of use in any order, and as often as it comes: that of others comes late.
    if (this.#isRepeat(position) && frame.type !== 'message.read') return;
    model.fold(frame, platform.now());
    if (frame.type === 'user.updated') this.#namesTold += 1;
    if (frame.type === 'message.sent') this.#parts.onMessage((frame as unknown as MessageFrame).message, true);
    if (position !== undefined) this.#position = laterOf(this.#position ?? position, position);
    this.#parts.onChange();
  }

  #isRepeat(position: string | undefined): boolean {
    return position !== undefined && this.#position !== undefined && !isAfter(position, this.#position);
  }

  /** Takes a snapshot as of a position at least, then folds what came meanwhile. */
  async #refill(resync: ResyncFrame, pause = 0): Promise<void> {
    const { position } = resync;
    const generation = (this.#generation += 1);
    this.#held = [];
    this.#target = position;
    if (pause > 0) await this.#pause(pause);
    const pages = await this.#persistently(generation, () => this.#snapshot(resync));
    if (generation !== this.#generation) return;
    this.#target = undefined;
    if (!pages) {
      this.#held = undefined;
      this.#parts.onFailure();
      return;
    }
    this.#fill(pages);
    const held = this.#held;
    this.#held = undefined;
    this.#position = position;
    this.#parts.onSnapshot(position);
    // Another resync among these holds those behind it.
    for (const frame of held) this.take(frame);
    this.#parts.onChange();
    this.#ask();
  }

  #fill(pages: Snapshot): void {
    const { model } = this.#parts;
    model.reset(pages.inbox);
    for (const { conversationId, messages, isCut, changes } of pages.histories) {
      if (isCut) model.forgetAfter(conversationId, messages.at(-1)?.seq ?? Infinity);
      this.#know(conversationId, messages);
      model.knowChanges(conversationId, changes);
    }
    for (const [conversationId, messageIds] of pages.pins) model.knowPins(conversationId, messageIds);
  }

  /** Names may have changed while the client was away: no frame tells of that afterwards. Clients do not ask all at once. */
  #askForNames(): void {
    const { after, random } = this.#parts.platform;
    const generation = this.#generation;
    this.#cancelNames();
    this.#cancelNames = after(random() * NAMES_MS, () => {
      const named = this.#namesTold;
      const ask = this.#persistently(generation, () => this.#queries.inbox(this.#position));
      void ask.then((found) => {
        if (!found || generation !== this.#generation) return;
        if (named !== this.#namesTold) this.#askForNames();
        else this.#parts.model.knowNames(found);
        this.#parts.onChange();
      });
    });
  }

  /** Tries until it succeeds, is no longer of use, or has failed too often: then undefined. */
  async #persistently<Result>(generation: number, work: () => Promise<Result>): Promise<Result | undefined> {
    for (let tries = 1; generation === this.#generation && tries <= MAX_TRIES; tries += 1) {
      try {
        return await work();
      } catch (error) {
        if (isRefusal(error, 'signed_out')) return undefined;
        await this.#pause(error instanceof ChatError ? (error.retryAfterMs ?? RETRY_MS) : RETRY_MS);
      }
    }
    return undefined;
  }

  #pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => void this.#parts.platform.after(milliseconds, resolve));
  }

  async #snapshot({ position, since, conversations }: ResyncFrame): Promise<Snapshot> {
    const { model } = this.#parts;
    const inbox = await this.#queries.inbox(position);
    const kept = new Set(model.kept);
    const shown = new Set(inbox.map(({ conversationId }) => conversationId));
    const histories: Snapshot['histories'][number][] = [];
    for (const { conversationId, cursor, changed } of conversations) {
      if (!kept.has(conversationId) || !shown.has(conversationId)) continue;
      const sent = await this.#queries.since(conversationId, cursor, position);
      const changes = changed ? await this.#queries.changes(conversationId, since, position) : [];
      histories.push({ conversationId, ...sent, changes });
    }
    const pins: [string, readonly string[]][] = [];
    for (const conversationId of kept)
      if (shown.has(conversationId) && model.pins(conversationId))
        pins.push([conversationId, await this.#queries.pinned(conversationId, position)]);
    return { inbox, histories, pins };
  }

  #know(conversationId: string, messages: readonly Message[]): void {
    this.#parts.model.know(conversationId, messages);
    for (const message of messages) this.#parts.onMessage(message, false);
  }

  /** Asks for conversations that frames alone do not tell enough of, a moment later and all at once. */
  #ask(): void {
    if (this.#asking || !this.isCurrent || this.#parts.model.uncertain.size === 0) return;
    this.#asking = true;
    this.#parts.platform.after(ASK_MS, () => {
      this.#asking = false;
      for (const conversationId of this.#parts.model.uncertain) void this.#askFor(conversationId);
    });
  }

  async #askFor(conversationId: string): Promise<void> {
    const { model, call } = this.#parts;
    const [generation, revision] = [this.#generation, model.revisionOf(conversationId)];
    try {
      const path = `/conversation/v1/${conversationId}`;
      const found = await call<Conversation>('GET', path, { minPosition: this.#position });
      // A frame that came meanwhile may be newer: then it is asked for once more.
      if (generation === this.#generation && model.revisionOf(conversationId) === revision)
        model.replace({ ...found, members: found.members.slice(0, SHOWN_MEMBERS) });
      this.#parts.onChange();
      this.#ask();
    } catch (error) {
      if (isRefusal(error, 'conversation_not_found')) model.forget(conversationId);
      this.#parts.onChange();
      if (error instanceof ChatError && error.isTransient) this.#ask(); // The next frame may be long in coming.
    }
  }
}
