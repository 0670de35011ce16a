import { expect } from 'chai';
import type { RecordedEvent } from '../../../src/application/ports/event-store.js';
import {
  CommitFeed,
  type FeedReader,
  type FeedRun,
} from '../../../src/infrastructure/event-store/postgres/commit-feed.js';
import { recordedAt } from '../../support/recorded-event.js';

/** No test waits this long: a batch that does not come by itself fails by the time limit of the test. */
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

  const positionsOf = (run: FeedRun | undefined) => (run?.events ?? []).map(({ position }) => Number(position));
  const next = async (pollMs = FOR_EVER_MS) => positionsOf(await reader.next(pollMs, ending.signal));

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
    expect(positionsOf(await other.next(FOR_EVER_MS, ending.signal))).to.deep.equal([1]);
  });

  describe('to a reader that wants some events alone', () => {
    beforeEach(() => {
      reader = feed.open(({ position }) => Number(position) % 3 === 0);
    });
    const nextRun = () => reader.next(FOR_EVER_MS, ending.signal);

    it('gives these, and says from where and how far it has looked', async () => {
      const events = eventsAt(1, 2, 3, 4);
      feed.publish(events.slice(0, 2));
      feed.publish(events.slice(2));
      expect(await nextRun()).to.deep.equal({ after: '0', upTo: '4', events: [events[2]] });
    });

    it('passes over the others soon after, each time', async () => {
      const passedOver = nextRun();
      feed.publish(eventsAt(1));
      expect(await passedOver).to.deep.equal({ after: '0', upTo: '1', events: [] });
      const later = nextRun();
      feed.publish(eventsAt(2));
      expect(await later).to.deep.equal({ after: '1', upTo: '2', events: [] });
    });

    it('does not wake it for others', async () => {
      feed = new CommitFeed(MAX_UNREAD, FOR_EVER_MS);
      reader = feed.open(() => false);
      let woken = false;
      const waiting = nextRun().then(() => (woken = true));
      feed.publish(eventsAt(1));
      await new Promise(setImmediate);
      expect(woken).to.equal(false);
      ending.abort();
      await waiting;
    });

    it('keeps nothing behind a gap between others', async () => {
      feed.publish(eventsAt(1));
      feed.publish(eventsAt(3));
      expect(await nextRun()).to.deep.equal({ after: '0', upTo: '1', events: [] });
      expect(await nextRun(), 'the table is to be read').to.equal(undefined);
    });

    it('has room for what it wants, however much there is of others', async () => {
      feed.publish(eventsAt(1, 2, 3, 4, 5, 6, 7, 8));
      expect(positionsOf(await nextRun())).to.deep.equal([3, 6]);
      feed.publish(eventsAt(...Array.from({ length: 15 }, (_, n) => n + 9)));
      expect(await nextRun(), 'the table is to be read').to.equal(undefined);
    });
  });

  it('gives no group with a gap in it', async () => {
    feed.publish(eventsAt(1, 3));
    expect(await reader.next(FOR_EVER_MS, ending.signal)).to.equal(undefined);
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
      feed.publish(eventsAt(7)); // a new run begins here
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
