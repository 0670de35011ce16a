import { expect } from 'chai';
import { fold } from '../../../src/domain/kernel/decider.js';
import type { CommandOf } from '../../../src/domain/kernel/fact.js';
import {
  maintenance,
  SHOWN_MAINTENANCES,
  underWay,
  type MaintenanceCommands,
} from '../../../src/domain/maintenance/decider.js';
import { fact } from '../../support/events.js';
import { at, bob, cleo, maintenanceNumber, positionOf } from '../../support/ids.js';
import { specOf } from '../../support/spec-of.js';

const { given } = specOf(maintenance);

const maintenanceId = maintenanceNumber(1);
const projection = 'messages';
const started = fact('MaintenanceStarted');
const cancelled = fact('MaintenanceCancelled');
const ended = fact('MaintenanceEnded');

describe('StartMaintenance', () => {
  const choices = { isFresh: false, isForced: false };
  const start = (n: number, seconds: number) =>
    ({
      type: 'StartMaintenance',
      data: {
        maintenanceId: maintenanceNumber(n),
        projection,
        kind: 'rebuild',
        startedBy: bob,
        ...choices,
        reason: 'Searches find too little',
        at: at(seconds),
      },
    }) as const;
  const another = fact('MaintenanceStarted', { maintenanceId: maintenanceNumber(2), startedAt: at(900) });

  it('records who wants what, and why', () => given().when(start(1, 800)).thenEvents(started));
  it('comes behind what has ended', () => given(started, ended).when(start(2, 900)).thenEvents(another));
  it('says that the one before was lost, whose server is gone', () => {
    const lost = fact('MaintenanceEnded', { end: 'lost', result: null, endedAt: at(900) });
    given(started).when(start(2, 900)).thenEvents(lost, another);
  });
});

describe('CancelMaintenance', () => {
  const cancel = {
    type: 'CancelMaintenance',
    data: { maintenanceId, projection, cancelledBy: cleo, reason: 'It is a busy evening', at: at(810) },
  } as const;

  it('records who wants it to end', () => given(started).when(cancel).thenEvents(cancelled));
  it('is refused where nothing is being done', () => {
    given().when(cancel).thenRejected('maintenance_not_found');
    given(started, ended).when(cancel).thenRejected('maintenance_not_found');
  });
  it('is refused where that has ended, and another one has begun', () => {
    const next = fact('MaintenanceStarted', { maintenanceId: maintenanceNumber(2), startedAt: at(805) });
    given(started, ended, next).when(cancel).thenRejected('maintenance_not_found');
  });
});

describe('EndMaintenance', () => {
  const end = (n: number): CommandOf<MaintenanceCommands> => ({
    type: 'EndMaintenance',
    data: {
      maintenanceId: maintenanceNumber(n),
      projection,
      end: 'complete',
      result: {
        kind: 'rebuild',
        resumedAt: null,
        comparedAt: positionOf(1_234),
        tables: [{ table: 'messages', rows: 11, expected: 12, differentGroups: 1 }],
      },
      problem: null,
      at: at(820),
    },
  });

  it('records what has come of it', () => given(started).when(end(1)).thenEvents(ended));
  it('records it though it was to be ended', () => given(started, cancelled).when(end(1)).thenEvents(ended));
  it('says nothing of what was found to be lost', () => {
    const lost = fact('MaintenanceEnded', { end: 'lost', result: null });
    const next = fact('MaintenanceStarted', { maintenanceId: maintenanceNumber(2) });
    given(started, lost, next).when(end(1)).thenNothing();
  });
});

describe('the maintenances of a projection', () => {
  it('are the newest, the newest first, with what has come of each', () => {
    const many = Array.from({ length: SHOWN_MAINTENANCES + 2 }, (_, n) => [
      fact('MaintenanceStarted', { maintenanceId: maintenanceNumber(n) }),
      fact('MaintenanceEnded', { maintenanceId: maintenanceNumber(n), end: 'failed' }),
    ]).flat();
    const state = fold(maintenance, [...many, started, cancelled]);
    expect(state.made).to.have.length(SHOWN_MAINTENANCES);
    expect(state.made[0]).to.deep.include({ maintenanceId, cancelledBy: cleo, end: null });
    expect(state.made[1]).to.deep.include({ maintenanceId: maintenanceNumber(SHOWN_MAINTENANCES + 1), end: 'failed' });
    expect(underWay(state)).to.equal(state.made[0]);
    expect(underWay(fold(maintenance, many))).to.equal(undefined);
  });
});
