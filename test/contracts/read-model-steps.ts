import type { ConversationViews } from '../../src/application/ports/conversation-views.js';
import type { DeliveryViews } from '../../src/application/ports/delivery-views.js';
import type { RecordedEvent } from '../../src/application/ports/event-store.js';
import type { MailOutbox } from '../../src/application/ports/mail-outbox.js';
import type { MediaViews } from '../../src/application/ports/media-views.js';
import type { MessageViews } from '../../src/application/ports/message-views.js';
import type { PinViews } from '../../src/application/ports/pin-views.js';
import type { SearchViews } from '../../src/application/ports/search-views.js';
import type { SessionViews } from '../../src/application/ports/session-views.js';
import type { UserDirectory } from '../../src/application/ports/user-directory.js';
import { recorded } from '../support/projections.js';

export interface Views {
  readonly conversations: ConversationViews;
  readonly messages: MessageViews;
  readonly pins: PinViews;
  readonly deliveries: DeliveryViews;
  readonly directory: UserDirectory;
  readonly sessions: SessionViews;
  readonly media: MediaViews;
  readonly search: SearchViews;
  readonly outbox: MailOutbox;
}

/** The read models of an engine, which are empty at first. */
export interface ReadModelsUnderTest extends Views {
  /**
   * Applies events from the start of the log in batches of these sizes, which are repeated, whether or not some were
   * applied before.
   */
  feed(events: readonly RecordedEvent[], sizes: readonly number[]): Promise<void>;
  /** Sums up what each projection holds, in an order of their own. */
  checksums(): Promise<readonly string[]>;
  close(): Promise<void>;
}

export type OpenReadModels = () => Promise<ReadModelsUnderTest>;

/** A way in which events come to read models. */
export type Feed = (models: ReadModelsUnderTest, events: readonly RecordedEvent[]) => Promise<void>;

/** The ways in which events may come; what is shown depends on none of them. */
export const WAYS: Readonly<Record<string, Feed>> = {
  'one by one': (models, events) => models.feed(events, [1]),
  'all at once': (models, events) => models.feed(events, [events.length]),
  'twice, in batches of several sizes': async (models, events) => {
    await models.feed(events, [2, 3]);
    await models.feed(events, [3, 1, 4]);
  },
};

/** Opens read models that are fed with facts in one way, and closes them after each test. */
export const scene = (open: OpenReadModels, feed: Feed) => {
  let opened: ReadModelsUnderTest[] = [];
  afterEach(async () => {
    for (const each of opened) await each.close();
    opened = [];
  });
  return async (...facts: Parameters<typeof recorded>[0]): Promise<ReadModelsUnderTest> => {
    const models = await open();
    opened.push(models);
    await feed(models, recorded(facts));
    return models;
  };
};
