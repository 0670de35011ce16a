import { expect } from 'chai';
import type { ShownEvent } from '../../../src/application/audit/list-events.js';
import { Player } from '../../../src/interfaces/cli/replay/player.js';
import { Replay } from '../../../src/interfaces/cli/replay/replay.js';
import { stepText } from '../../../src/interfaces/cli/replay/step-text.js';
import { ada, at, positionOf } from '../../support/ids.js';

const event = (n: number, data: object, more: Partial<ShownEvent> = {}): ShownEvent => ({
  position: positionOf(n),
  streamId: 'message-1',
  revision: n - 1,
  eventId: `event-${n}`,
  type: 'MessageEdited',
  schemaVersion: 1,
  recordedAt: at(n * 10),
  data,
  metadata: { actorId: ada },
  ...more,
});

const events = [
  event(1, { text: 'one', by: 'ada' }),
  event(2, { text: 'two', by: 'ada' }),
  event(3, { title: 'other' }, { streamId: 'conversation-1' }),
  event(4, { deletedBy: 'ada' }),
];

const numbers = (steps: readonly ReturnType<Replay['forward']>[]) => steps.map((step) => step?.number);

describe('A replay', () => {
  it('steps forward and back, and no further than the ends', () => {
    const replay = new Replay(events);
    expect(replay.back()).to.equal(undefined);
    expect(numbers([replay.forward(), replay.forward(), replay.back(), replay.forward()])).to.deep.equal([1, 2, 1, 2]);
    expect(numbers([replay.forward(), replay.forward(), replay.forward()])).to.deep.equal([3, 4, undefined]);
    expect(replay.isAtEnd).to.equal(true);
    expect(numbers([replay.back(), replay.back(), replay.back(), replay.back()])).to.deep.equal([3, 2, 1, undefined]);
  });

  it('says what each step has changed in its stream', () => {
    const replay = new Replay(events);
    const changes = events.map(() => replay.forward()?.differences);
    expect(changes).to.deep.equal([
      [
        { field: 'text', before: undefined, after: 'one' },
        { field: 'by', before: undefined, after: 'ada' },
      ],
      [{ field: 'text', before: 'one', after: 'two' }],
      [{ field: 'title', before: undefined, after: 'other' }],
      [{ field: 'deletedBy', before: undefined, after: 'ada' }],
    ]);
  });

  it('goes to a time, and on from there', () => {
    const replay = new Replay(events);
    expect(replay.goTo(at(20))?.number).to.equal(2);
    expect(replay.forward()?.number).to.equal(3);
    expect(replay.goTo(at(9))).to.equal(undefined);
    expect(replay.forward()?.number).to.equal(1);
    expect(replay.goTo(at(999))?.number).to.equal(4);
  });

  it('knows how much time has passed to the next step', () => {
    const replay = new Replay(events);
    expect(replay.pauseMs()).to.equal(0);
    replay.forward();
    expect(replay.pauseMs()).to.equal(10_000);
  });

  it('is written so that a text cannot move the cursor', () => {
    const replay = new Replay([event(1, { text: '\u001b[2J\u202eabc' }, { erased: true })]);
    const text = stepText(replay.forward()!, 1);
    expect(text).to.match(/^\[1\/1\] 2026-01-31T12:00:10.000Z {2}MessageEdited {2}message-1@0 {2}position 1 {2}by /);
    expect(text).to.include('erased user');
    expect(text.replaceAll('\n', ' ')).not.to.match(/[\p{Cc}\u202e]/u);
  });
});

describe('The player of a replay', () => {
  /** Types these lines, and answers what was shown and the pauses that were made. */
  const played = async (lines: readonly string[], speed = 1) => {
    const [shown, notes, pauses]: [string[], string[], number[]] = [[], [], []];
    async function* typed() {
      for (const line of lines) yield line;
      // Nothing more is typed for as long as it plays.
      await new Promise((resolve) => setImmediate(resolve));
    }
    const terminal = {
      out: (text: string) => void shown.push(/^\[(\d+)/.exec(text)?.[1] ?? text),
      note: (text: string) => void notes.push(text),
      lines: typed,
    };
    const sleep = async (milliseconds: number) => void pauses.push(milliseconds);
    await new Player(new Replay(events), { terminal, sleep, speed }).run();
    return { shown, notes: notes.join(''), pauses };
  };

  it('steps, steps back, goes to a time and leaves', async () => {
    const { shown } = await played(['', '', 'b', `g ${at(30)}`, 'q', '']);
    expect(shown).to.deep.equal(['1', '2', '1', '3']);
  });

  it('says where it cannot go on, and what it takes', async () => {
    const { notes } = await played(['b', 'g nonsense', 'speed -1', 'what', 'constructor']);
    expect(notes).to.include('(the beginning)').and.include('g takes a time').and.include('speed takes a number');
    expect(notes.split('one step back')).to.have.length(4);
  });

  it('plays on at its speed, and waits for nothing for long', async () => {
    const { shown, pauses } = await played(['speed 4', 'p']);
    expect(shown).to.deep.equal(['1', '2', '3', '4']);
    expect(pauses).to.deep.equal([0, 2_500, 2_500, 2_500]);
    expect((await played(['p'])).pauses).to.deep.equal([0, 5_000, 5_000, 5_000]);
  });
});
