import { expect } from 'chai';
import { backOffOf } from '../../../src/interfaces/client/connection/back-off.js';
import { step, type ConnectionEvent, type ConnectionState } from '../../../src/interfaces/client/connection/machine.js';

const backOff = { firstMs: 100, longestMs: 10_000 };
const parts = { backOff, now: () => 60_000, random: () => 0.5 };
const LONG_AGO = 0;
const JUST_NOW = 59_000;

const after = (state: ConnectionState, event: ConnectionEvent) => step(state, event, parts);
const live = (since: number, attempt = 0, renew = false): ConnectionState => ({ name: 'live', attempt, since, renew });
const opening = (attempt = 0, renew = false): ConnectionState => ({ name: 'opening', attempt, renew });
const waiting = (attempt: number, renew = false): ConnectionState => ({ name: 'waiting', attempt, renew });
const stopped = (reason: 'idle' | 'signed_out' | 'too_many_sockets'): ConnectionState => ({ name: 'stopped', reason });

describe('the connection of a client', () => {
  it('opens when somebody asks, whatever it was stopped for', () => {
    for (const reason of ['idle', 'signed_out', 'too_many_sockets'] as const)
      expect(after(stopped(reason), { type: 'start' })).to.deep.equal({
        state: opening(),
        action: { do: 'open', renew: false },
      });
    expect(after(live(LONG_AGO), { type: 'start' }).action).to.deep.equal({ do: 'nothing' });
  });

  it('is live once the server is ready, and not before', () => {
    expect(after(opening(3), { type: 'ready' }).state).to.deep.equal(live(60_000, 3));
    expect(after(waiting(3), { type: 'ready' }).state).to.deep.equal(waiting(3));
  });

  for (const code of [1001, 1005, 1006, 1009, 1011, 1013, 4400, 4408, 4409, 4429])
    it(`waits and connects again after ${code}`, () => {
      const { state, action } = after(live(LONG_AGO), { type: 'closed', code });
      expect(state).to.deep.equal(waiting(1));
      expect(action.do).to.equal('wait');
      expect(after(state, { type: 'due' }).action).to.deep.equal({ do: 'open', renew: false });
    });

  it('gets another token after 4401, at once; and waits where that is refused too', () => {
    const first = after(live(LONG_AGO), { type: 'closed', code: 4401 });
    expect(first).to.deep.equal({ state: opening(0, true), action: { do: 'open', renew: true } });
    const second = after(first.state, { type: 'closed', code: 4401 });
    expect([second.state, second.action.do]).to.deep.equal([waiting(1, true), 'wait']);
    expect(after(second.state, { type: 'due' }).action).to.deep.equal({ do: 'open', renew: true });
  });

  it('waits where a token that was just renewed is refused again, though the server was ready', () => {
    const closed = { type: 'closed', code: 4401 } as const;
    expect(after(opening(2, true), { type: 'ready' }).state).to.deep.equal(live(60_000, 2, true));
    expect(after(live(JUST_NOW, 2, true), closed).state).to.deep.equal(waiting(3, true));
    expect(after(live(LONG_AGO, 2, true), closed).state).to.deep.equal(opening(2, true));
  });

  it('stays away after 4410, even when the page is seen again, until somebody asks', () => {
    const { state, action } = after(live(LONG_AGO), { type: 'closed', code: 4410 });
    expect([state, action.do]).to.deep.equal([stopped('too_many_sockets'), 'close']);
    for (const type of ['woke', 'due', 'ready'] as const) expect(after(state, { type }).state).to.equal(state);
    expect(after(state, { type: 'start' }).action.do).to.equal('open');
  });

  it('stays away once it is stopped, whatever its last socket says', () => {
    const { state } = after(live(LONG_AGO), { type: 'stop', reason: 'signed_out' });
    expect(after(state, { type: 'closed', code: 1006 })).to.deep.equal({ state, action: { do: 'nothing' } });
  });

  it('does not wait when the page is seen again or the network is back', () =>
    expect(after(waiting(7, true), { type: 'woke' })).to.deep.equal({
      state: opening(7, true),
      action: { do: 'open', renew: true },
    }));

  it('finds out whether a live socket still is one when the page is seen again', () =>
    expect(after(live(LONG_AGO), { type: 'woke' }).action).to.deep.equal({ do: 'probe' }));

  it('counts tries on where no connection lasts, and from the beginning where one did', () => {
    expect(after(live(JUST_NOW, 4), { type: 'closed', code: 1006 }).state).to.deep.equal(waiting(5));
    expect(after(live(LONG_AGO, 4), { type: 'closed', code: 1006 }).state).to.deep.equal(waiting(1));
    expect(after(opening(4), { type: 'closed', code: 1006 }).state).to.deep.equal(waiting(5));
  });
});

describe('the wait before a client connects again', () => {
  it('doubles, half of it by chance, up to the longest', () => {
    expect([0, 1, 2, 3].map((attempt) => backOffOf(attempt, 1006, backOff, 0))).to.deep.equal([50, 100, 200, 400]);
    expect([0, 1, 2, 3].map((attempt) => backOffOf(attempt, 1006, backOff, 1))).to.deep.equal([100, 200, 400, 800]);
    expect(backOffOf(5_000, 1006, backOff, 1)).to.equal(10_000);
  });

  it('is spread wide when a server shuts down, which all its clients see at once', () =>
    expect([0, 0.5, 1].map((random) => backOffOf(0, 1001, backOff, random))).to.deep.equal([0, 300, 600]));

  it('is longer where the server has too much to do', () => {
    for (const code of [1013, 4429]) expect(backOffOf(0, code, backOff, 0)).to.equal(100);
  });
});
