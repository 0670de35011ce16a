import { expect } from 'chai';
import {
  ORDERED_TYPES,
  pushedEvents,
  type PushedEvent,
  type PushedEventType,
} from '../../src/application/push/pushed-events.js';
import { missedBySource } from '../../src/interfaces/ws/missed.js';
import { pushedFrames, type PushedFrame } from '../../src/interfaces/ws/frames/pushed-frames.js';
import { messageSent } from '../../src/interfaces/ws/frames/message-frames.js';
import { userUpdated } from '../../src/interfaces/ws/frames/user-frames.js';
import { framesOfEachKind } from '../support/broken-histories.js';

const { notice } = pushedEvents.MessageSent;

/**
 * These descriptions of pushed events must not compile. The compiler would refuse the line above a description that
 * does.
 */
const refused: readonly unknown[] = [
  // @ts-expect-error -- nobody says where a resume finds it
  { notice, waitsFor: 'messages' } satisfies PushedEvent<'MessageSent'>,
  // @ts-expect-error -- it has a place in the order, and a client that was away would never be told
  { notice, waitsFor: 'messages', resumedFrom: 'asking again' } satisfies PushedEvent<'MessageSent'>,
  // @ts-expect-error -- no resume reads from there
  { notice, waitsFor: 'messages', resumedFrom: 'the log' } satisfies PushedEvent<'MessageSent'>,
  // @ts-expect-error -- it would be told before a query shows it
  { notice, waitsFor: null, resumedFrom: 'sent messages' } satisfies PushedEvent<'MessageSent'>,
  // @ts-expect-error -- its frame has no position by which a client could resume
  userUpdated satisfies PushedFrame<'MessageSent'>,
  // @ts-expect-error -- it has no frame
  null satisfies PushedFrame<'MessageSent'>,
  // @ts-expect-error -- nobody is told of it
  messageSent satisfies PushedFrame<'SettingsChanged'>,
  // @ts-expect-error -- a source that nothing reads
  { reads: () => undefined, 'sent messages': () => undefined } satisfies Record<
    keyof ReturnType<typeof missedBySource>,
    unknown
  >,
];

const types = Object.keys(pushedEvents) as PushedEventType[];

describe('Every pushed event', () => {
  it('is described in full, or does not compile', () => expect(refused).to.have.length(8));

  it('has a frame, and a position in it exactly where a resume finds it by one', () => {
    expect(Object.keys(pushedFrames)).to.have.members(types);
    const sources = Object.keys(missedBySource({} as Parameters<typeof missedBySource>[0]));
    const found = types.filter((type) => sources.includes(pushedEvents[type].resumedFrom));
    const positioned = types.filter((type) => 'position' in (pushedFrames[type]?.schema.shape ?? {}));
    expect(found).to.not.be.empty;
    expect(positioned).to.deep.equal(found);
  });

  // The random histories check each of these events live and after a resume; an event that does not occur in them is
  // not tested.
  it('occurs in the random histories of live frames and of resumes, where it has a place in the order', () => {
    const ordered = ORDERED_TYPES.map((type) => pushedFrames[type]?.type).filter((type) => type !== undefined);
    expect(framesOfEachKind).to.have.members([...new Set(ordered)]);
  });
});
