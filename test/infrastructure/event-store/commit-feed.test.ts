import { expect } from 'chai';
import type { RecordedEvent } from '../../../src/application/ports/event-store.js';
import { CommitFeed, type FeedReader } from '../../../src/infrastructure/event-store/postgres/commit-feed.js';
import { recordedAt } from '../../support/recorded-event.js';

/** No test waits so long: what does not come by itself fails by the time limit of the test. */
const FOR_EVER_MS = 2 ** 30;
const MAX_UNREAD = 4;

const eventsAt = (...positions: readonly number[]): RecordedEvent[] => positions.map(recordedAt);

describe('The commit feed', () => {
  let feed: CommitFeed;
  let reader: FeedReader;
  let ending: AbortController;

  beforeEach(() => {
    feed = new CommitFeed(MAX_UNREAD);
    reader = feed.open();
    ending = new AbortController();
  });
  afterEach(() => ending.abort());

  const next = async (pollMs = FOR_EVER_MS) =>
    (await reader.next(pollMs, ending.signal)).map(({ position }) => Number(position));

  it('gives all groups that follow on each other at once, and each of them once', async () => {
    feed.publish(eventsAt(1, 2));
    feed.publish(eventsAt(3));
    feed.publish(eventsAt(4));
    expect(await next()).to.deep.equal([1, 2, 3, 4]);
    const later = next();
    feed.publish(eventsAt(5));
    expect(await later).to.deep.equal([5]);
  });

  it('gives the same to every reader', async () => {
    const other = feed.open();
    feed.publish(eventsAt(1));
    expect(await next()).to.deep.equal([1]);
    expect(await other.next(FOR_EVER_MS, ending.signal)).to.have.length(1);
  });

  it('gives a group that fills the room', async () => {
    feed.publish(eventsAt(1, 2));
    feed.publish(eventsAt(3, 4));
    expect(await next()).to.deep.equal([1, 2, 3, 4]);
  });

  const gaps: readonly (readonly [string, RecordedEvent[]])[] = [
    ['a group that does not follow on', eventsAt(4)],
    ['a group that finds no room', eventsAt(3, 4, 5)],
    ['word of a group that was not handed over', []],
  ];
  for (const [name, group] of gaps)
    it(`keeps nothing behind ${name} until the table is read`, async () => {
      feed.publish(eventsAt(1, 2));
      feed.publish(group);
      feed.publish(eventsAt(3));
      expect(await next()).to.deep.equal([1, 2]);
      feed.publish(eventsAt(4));
      expect(await next(), 'the table is to be read').to.deep.equal([]);
      feed.publish(eventsAt(7)); // from here on a new run
      expect(await next()).to.deep.equal([7]);
    });

  it('says at once that the table is to be read, also to a reader that waits', async () => {
    const waiting = next();
    feed.publish([]);
    expect(await waiting).to.deep.equal([]);
    feed.publish([]);
    expect(await next()).to.deep.equal([]);
  });

  it('waits no longer than it should', async () => {
    expect(await next(1)).to.deep.equal([]);
  });

  it('waits no longer than its reader lives', async () => {
    const waiting = next();
    ending.abort();
    expect(await waiting).to.deep.equal([]);
    expect(await next()).to.deep.equal([]);
  });

  it('wakes a reader that waits a second time', async () => {
    expect(await next(1)).to.deep.equal([]);
    const waiting = next();
    feed.publish(eventsAt(1));
    expect(await waiting).to.deep.equal([1]);
  });

  it('gives nothing to a reader that was closed', async () => {
    feed.close(reader);
    feed.publish(eventsAt(1));
    expect(await next(1)).to.deep.equal([]);
  });
});
