import { setImmediate as nextTurn } from 'node:timers/promises';
import { Consumers, type Work } from '../../src/application/consumers/consumers.js';
import type { ConversationViews } from '../../src/application/ports/conversation-views.js';
import type { EventBatch, EventStore } from '../../src/application/ports/event-store.js';
import type { UserDirectory } from '../../src/application/ports/user-directory.js';
import type { Position, UserId } from '../../src/domain/kernel/ids.js';
import { Hub } from '../../src/interfaces/ws/hub.js';
import { LiveFeed } from '../../src/interfaces/ws/live-feed.js';
import { captureConnection } from './captured-connection.js';
import { conversationNumber, positionOf } from './ids.js';
import { recorded } from './projections.js';
import { ScriptedLog } from './scripted-log.js';
import { SteeredProgress } from './steered-progress.js';

const group = conversationNumber(1);

/** Makes a batch of these events behind a position, with further events that did not pass the filter. */
export const batchOf = (after: number, facts: Parameters<typeof recorded>[0], passedBy = 0): EventBatch => ({
  events: recorded(facts, after),
  undecodable: [],
  after: positionOf(after),
  position: positionOf(after + facts.length + passedBy),
  passed: facts.length + passedBy,
  caughtUp: true,
});

/** Makes questions that are answered one after another when the test says so. */
const held = <Result>() => {
  const waiting: { resolve: (result: Result) => void; reject: (error: Error) => void }[] = [];
  return {
    wait: () => new Promise<Result>((resolve, reject) => waiting.push({ resolve, reject })),
    give: (result: Result) => waiting.shift()?.resolve(result),
    giveAll: (result: Result) => waiting.splice(0).forEach(({ resolve }) => resolve(result)),
    fail: () => waiting.shift()?.reject(new Error('the connection was lost')),
  };
};

/** A live feed whose log, projections, deliveries and look-ups advance when the test says so. */
export class LiveFeedScene {
  readonly log = new ScriptedLog();
  readonly progress = new SteeredProgress();
  readonly hub = new Hub();
  /** Says whether frames may leave before the read model of messages has come as far. */
  framesLead = false;
  readonly delivery = held<undefined>();
  readonly memberships = held<{ userId: UserId; conversationId: typeof group }[]>();
  /** The batches whose delivery has begun. */
  readonly begun: EventBatch[] = [];
  /** The users whose conversations were looked up. */
  readonly lookedUp: (readonly UserId[])[] = [];
  readonly withoutReceipts: UserId[] = [];
  readonly stalled: (readonly [string, Position])[] = [];
  readonly failures: string[] = [];
  /** The stages that have been passed, by messages and by users. */
  readonly stages: string[] = [];
  readonly #ending = new AbortController();
  #running: Promise<unknown> = Promise.resolve();

  readonly feed = new LiveFeed({
    store: this.log as unknown as EventStore,
    progress: this.progress,
    hub: this.hub,
    lead: { countAndAllow: () => this.framesLead },
    signal: this.#ending.signal,
    conversations: {
      membershipsOf: (userIds: readonly UserId[]) => {
        this.lookedUp.push(userIds);
        return this.memberships.wait();
      },
    } as unknown as ConversationViews,
    directory: { withoutReceipts: () => Promise.resolve(new Set(this.withoutReceipts)) } as unknown as UserDirectory,
    deliver: (batch) => {
      this.begun.push(batch);
      return this.delivery.wait();
    },
    onStalled: (projection, position) => this.stalled.push([projection, position]),
    onFailed: (error) => this.failures.push((error as Error).message),
    onStage: (stage, seconds) => this.stages.push(seconds >= 0 ? stage : 'before it began'),
  });

  /** Starts the feed, and then follows the log. */
  async start(): Promise<void> {
    const { ordered, unordered } = await this.feed.start();
    const consumers = new Consumers({
      now: () => 0,
      sleep: async () => {
        await nextTurn();
      },
      onFailed: (name, error) => this.failures.push(`${name}: ${(error as Error).message}`),
    });
    const run = (name: string, work: Work) => consumers.run(name, this.#ending.signal, work);
    this.#running = Promise.all([run('live feed', ordered), run('live users', unordered)]);
    await nextTurn();
  }

  /** Starts with both projections as far as the log, and forgets what was waited for until then. */
  async follow(): Promise<void> {
    await this.reach(Number(await this.log.head()), 'messages', 'users');
    await this.start();
    this.progress.asked.length = 0;
  }

  async put(...batches: EventBatch[]): Promise<void> {
    this.log.put(...batches);
    await nextTurn();
  }

  async reach(position: number, ...projections: readonly ('messages' | 'users')[]): Promise<void> {
    this.progress.reach(positionOf(position), ...projections);
    await nextTurn();
  }

  /** Lets the current delivery succeed. */
  async delivered(): Promise<void> {
    this.delivery.give(undefined);
    await nextTurn();
  }

  /** Answers the current look-up: these users are in the group. */
  async found(...members: readonly UserId[]): Promise<void> {
    this.memberships.give(members.map((userId) => ({ userId, conversationId: group })));
    await nextTurn();
  }

  /** Joins a socket, and answers the position behind which it is sent events, once that is known. */
  async join(userId: UserId, served?: Position) {
    const { connection } = captureConnection(userId);
    const joining = { connection, at: undefined as Position | undefined, error: undefined as string | undefined };
    this.feed.join(connection, userId, served).then(
      (position) => (joining.at = position),
      (error: unknown) => (joining.error = (error as Error).message),
    );
    await nextTurn();
    return joining;
  }

  /** Answers the users of the group who are told of an event. */
  get audience(): UserId[] {
    return [...this.hub.audience.of(group)];
  }

  /** Tells the feed to end, while its current work goes on. */
  beginToEnd(): void {
    this.#ending.abort();
  }

  /** Resolves once the feed has ended; everything that it waits for is answered. */
  async end(): Promise<void> {
    this.beginToEnd();
    this.progress.timeOut();
    this.delivery.giveAll(undefined);
    this.memberships.give([]);
    await this.#running;
  }
}
