import type { DeliveryRecorder } from '../../application/deliveries/delivery-recorder.js';
import type { MessageView } from '../../application/ports/message-views.js';
import type { Audience } from '../../application/push/audience.js';
import type { ConversationId, Position, UserId } from '../../domain/kernel/ids.js';
import type { Connection } from './connection.js';

/** In a conversation with more members here than this, they are asked over several seconds, so many in each. */
const ASKED_A_SECOND = 100;
/** The pings whose answers show what has arrived begin so. */
const PING = 'arrived ';

export type Pushed = Pick<MessageView, 'conversationId' | 'messageId' | 'seq' | 'senderId'>;
type Asked = Map<ConversationId, Pushed>;

interface Questions {
  /** The number of the ping that is not answered yet, and what it asks for. */
  asked: { readonly ping: string; readonly messages: Asked } | undefined;
  /** What the next ping asks for. */
  next: Asked;
}

export interface ArrivalsParts {
  readonly audience: Pick<Audience, 'of' | 'seesReceipts'>;
  readonly socketsOf: (userId: UserId) => Iterable<Connection>;
  readonly recorder: Pick<DeliveryRecorder, 'answered' | 'handled'>;
}

/** Answers the message that a frame sends, if it does, as far as it is asked for. */
export const sentIn = (frame: object): Pushed | undefined => {
  const { type, message } = frame as { readonly type: string; readonly message?: Pushed };
  if (type !== 'message.sent' || !message) return undefined;
  const { conversationId, messageId, seq, senderId } = message;
  return { conversationId, messageId, seq, senderId };
};

/** Answers in which of so many rounds a user is asked. The end of an id is random. */
const shareOf = (userId: UserId, rounds: number): number => Number.parseInt(userId.slice(-6), 16) % rounds;

/**
 * Finds out what has arrived at clients. That bytes were given to a socket says nothing: the line may be dead. So behind the
 * messages of a second a ping is sent, whose answer says that the client has read what stands before it. On the way of a
 * message there is one entry in a table, whatever the number of its recipients.
 */
export class Arrivals {
  readonly #parts: ArrivalsParts;
  /** The newest message of each conversation in which something was pushed, and for how many rounds it is still asked for. */
  readonly #pushed = new Map<ConversationId, { readonly message: Pushed; rounds: number | undefined }>();
  readonly #questions = new WeakMap<Connection, Questions>();
  #round = 0;

  constructor(parts: ArrivalsParts) {
    this.#parts = parts;
  }

  /** Notes a message that is pushed to its audience. */
  pushed({ conversationId, messageId, seq, senderId }: Pushed): void {
    this.#pushed.set(conversationId, { message: { conversationId, messageId, seq, senderId }, rounds: undefined });
  }

  /** Notes a message that a client was sent of what it missed. */
  resent(connection: Connection, userId: UserId, message: Pushed): void {
    if (message.senderId !== userId) this.#questionsTo(connection).next.set(message.conversationId, message);
  }

  /** Notes what a client has said that it has, and asks whether it has got what it was sent of all that it missed. */
  resumed(connection: Connection, userId: UserId, handled: Position): void {
    this.#parts.recorder.handled(userId, handled);
    this.#ask(connection);
  }

  /** Asks, once a second, those to whom something was pushed. */
  ask(): void {
    this.#round += 1;
    const sockets = new Set<Connection>();
    for (const [conversationId, pushed] of this.#pushed) {
      const members = [...this.#parts.audience.of(conversationId)];
      const rounds = Math.ceil(members.length / ASKED_A_SECOND);
      pushed.rounds = (pushed.rounds ?? rounds) - 1;
      if (pushed.rounds <= 0) this.#pushed.delete(conversationId);
      const due = members.filter((userId) => shareOf(userId, rounds) === this.#round % rounds);
      for (const userId of due.filter((each) => this.#isAsked(each, pushed.message)))
        this.#prepare(userId, pushed.message, sockets);
    }
    for (const connection of sockets) this.#ask(connection);
  }

  #prepare(userId: UserId, message: Pushed, sockets: Set<Connection>): void {
    for (const connection of this.#parts.socketsOf(userId)) {
      this.#questionsTo(connection).next.set(message.conversationId, message);
      sockets.add(connection);
    }
  }

  /** Takes the answer to a ping, which may be one of another kind. */
  answered(connection: Connection, ping: string): void {
    const questions = this.#questions.get(connection);
    const userId = connection.claims?.userId;
    if (!userId || questions?.asked?.ping !== ping) return;
    for (const message of questions.asked.messages.values()) this.#parts.recorder.answered(userId, message);
    questions.asked = undefined;
    this.#ask(connection);
  }

  /** One's own message is read by sending it; what comes to a user who shows no receipts is nobody's business. */
  #isAsked(userId: UserId, { senderId }: Pushed): boolean {
    return userId !== senderId && this.#parts.audience.seesReceipts(userId);
  }

  #questionsTo(connection: Connection): Questions {
    const questions = this.#questions.get(connection) ?? { asked: undefined, next: new Map() };
    this.#questions.set(connection, questions);
    return questions;
  }

  /** Asks a socket for what is new since the last question, once that was answered. */
  #ask(connection: Connection): void {
    const questions = this.#questionsTo(connection);
    if (questions.asked || questions.next.size === 0 || connection.isHeld) return;
    const ping = `${PING}${this.#round}`;
    questions.asked = { ping, messages: questions.next };
    questions.next = new Map();
    connection.ping(ping);
  }
}
