import { Connection, type ConnectionParts } from './connection/connection.js';
import { BACK_OFF, type BackOff } from './connection/back-off.js';
import { ChatModel } from './model/chat-model.js';
import { KeptCommands } from './outbox/kept-commands.js';
import { Outbox } from './outbox/outbox.js';
import type { Platform } from './platform.js';
import type { Session } from './session/session.js';
import { Sync } from './sync.js';
import type { Topic } from './topics.js';
import type { AckFrame, ErrorFrame, Frame, Message, ReadyFrame, Receipts } from './wire.js';

/** The codes of sockets that were closed because of what was sent on them. */
const REFUSED: ReadonlySet<number> = new Set([1009, 4400]);
/** One frame names so many users at most. */
const WATCHED_AT_ONCE = 100;

export interface UserChatParts {
  readonly platform: Platform;
  readonly session: Session;
  readonly userId: string;
  readonly name: string;
  readonly socketUrl: () => string;
  readonly backOff?: BackOff | undefined;
  readonly onFrame: (frame: Frame) => void;
  readonly onMessage: (message: Message) => void;
  readonly changed: (topics: Iterable<Topic>) => void;
}

/** Everything of one user who is signed in: the model, what keeps it current, and what waits to be sent. */
export class UserChat {
  readonly model: ChatModel;
  readonly outbox: Outbox;
  readonly sync: Sync;
  readonly connection: Connection;
  readonly #parts: UserChatParts;
  readonly #watched = new Set<string>();
  #token: string | undefined;
  #isClosed = false;
  #cancelTyping: () => void = () => undefined;

  constructor(parts: UserChatParts) {
    const { platform, session, userId, name, changed } = parts;
    this.#parts = parts;
    this.model = new ChatModel(userId);
    this.outbox = new Outbox({
      platform,
      kept: new KeptCommands({ platform, owner: `${name}/${userId}` }),
      send: (frame) => this.connection.send(frame),
      seqOf: (conversationId, messageId) =>
        this.model.messages(conversationId).findLast((each) => each.messageId === messageId)?.seq,
      onChange: (conversationId) =>
        changed(conversationId === undefined ? ['outbox'] : ['outbox', `conversation/${conversationId}`]),
    });
    this.sync = new Sync({
      model: this.model,
      platform,
      call: (method, path, request) => session.call(method, path, request),
      onMessage: (message, isNew) => {
        if (message.senderId === userId) this.outbox.seen(message);
        if (isNew) parts.onMessage(message);
      },
      onSnapshot: (position) => void this.outbox.served(position),
      onFailure: () => this.connection.drop(),
      onChange: () => changed(this.model.takeChanged()),
    });
    this.connection = new Connection(this.#connectionParts());
  }

  async open(): Promise<void> {
    await this.outbox.open();
    if (!this.#isClosed) this.connection.start();
  }

  close(): void {
    this.#isClosed = true;
    this.connection.close();
    this.outbox.close();
    this.sync.down();
    this.#cancelTyping();
  }

  /** Tells the socket of a token that was exchanged, so that it outlives the old one. */
  renewed(token: string): void {
    if (token !== this.#token && this.connection.send({ type: 'auth', token })) this.#token = token;
  }

  /** Takes in the receipts of a message. */
  receipts({ conversationId, messageId, seq }: Message, receipts: Receipts): void {
    for (const { userId, readAt, deliveredAt } of receipts) {
      if (readAt !== null) this.model.knowRead(conversationId, userId, { messageId, seq, at: readAt });
      if (deliveredAt !== null) this.model.knowDelivered(conversationId, userId, { messageId, seq, at: deliveredAt });
    }
    this.#parts.changed(this.model.takeChanged());
  }

  /** Has the presence of users told, also after the connection was lost. */
  watch(userIds: readonly string[]): void {
    const added = userIds.filter((each) => !this.#watched.has(each));
    for (const each of added) this.#watched.add(each);
    this.#sendWatches('presence.watch', added);
  }

  unwatch(userIds: readonly string[]): void {
    for (const each of userIds) this.#watched.delete(each);
    this.#sendWatches('presence.unwatch', userIds);
  }

  #sendWatches(type: 'presence.watch' | 'presence.unwatch', userIds: readonly string[]): void {
    for (let from = 0; from < userIds.length; from += WATCHED_AT_ONCE)
      this.connection.send({ type, userIds: userIds.slice(from, from + WATCHED_AT_ONCE) });
  }

  #connectionParts(): ConnectionParts {
    const { platform, session, socketUrl, backOff = BACK_OFF, changed } = this.#parts;
    return {
      platform,
      backOff,
      url: socketUrl,
      token: async (renew) => (this.#token = await session.accessToken(renew ? this.#token : undefined)),
      resumeAfter: () => this.sync.position,
      onReady: (frame) => this.#ready(frame),
      onFrame: (frame) => this.#take(frame),
      onDown: (code) => {
        this.outbox.down(REFUSED.has(code));
        this.sync.down();
      },
      onState: () => changed(['connection']),
    };
  }

  #ready(frame: ReadyFrame): void {
    this.#parts.onFrame(frame as unknown as Frame);
    this.sync.ready(frame);
    this.outbox.live();
    this.#sendWatches('presence.watch', [...this.#watched]);
  }

  #take(frame: Frame): void {
    this.#parts.onFrame(frame);
    if (frame.type === 'ack') this.outbox.acknowledged(frame as unknown as AckFrame, this.sync.position);
    else if (frame.type === 'error') this.outbox.refused(frame as unknown as ErrorFrame);
    else if (frame.type === 'pong') this.#served(frame['position'] as string);
    else if (frame.type === 'auth.expiring') this.#renew();
    else {
      this.sync.take(frame);
      if (frame.type === 'typing') this.#expireTyping();
    }
  }

  /** Gets another token for a socket whose own one ends soon, unless it was exchanged already. */
  #renew(): void {
    this.#parts.session.accessToken(this.#token).then(
      (token) => this.renewed(token),
      () => undefined, // the socket closes with 4401, and the next one needs another token too
    );
  }

  /** Everything up to a position has come. A message of one's own that has not shows that something was lost on the way. */
  #served(position: string): void {
    if (!this.sync.isCurrent) return;
    if (this.outbox.served(position)) this.connection.drop();
    else this.sync.served(position);
  }

  #expireTyping(): void {
    const { platform, changed } = this.#parts;
    const now = platform.now();
    const next = this.model.expireTyping(now);
    changed(this.model.takeChanged());
    this.#cancelTyping();
    if (next !== undefined) this.#cancelTyping = platform.after(next - now, () => this.#expireTyping());
  }
}
