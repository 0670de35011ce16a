import { storage } from '../../../src/domain/storage/decider.js';
import { fact } from '../../support/events.js';
import { ada, at, mediaNumber } from '../../support/ids.js';
import { specOf } from '../../support/spec-of.js';

const { given } = specOf(storage);
const of = { userId: ada, mediaId: mediaNumber(1) };
const used = (usedBytes: number) => fact('StorageTaken', { usedBytes });

describe('TakeStorage', () => {
  const take = (bytes: number) =>
    ({ type: 'TakeStorage', data: { ...of, bytes, quotaBytes: 100, at: at(25) } }) as const;
  const taken = (bytes: number, usedBytes: number) =>
    fact('StorageTaken', { ...of, bytes, usedBytes, takenAt: at(25) });

  it('takes the first room', () => given().when(take(60)).repeated('media_quota_exceeded').thenEvents(taken(60, 60)));
  it('takes more room up to the quota', () =>
    given(used(60)).when(take(40)).repeated('media_quota_exceeded').thenEvents(taken(40, 100)));
  it('takes as much again, for another file', () =>
    given(used(10)).when(take(5)).repeated('decides again').thenEvents(taken(5, 15)));
  it('is refused beyond the quota', () => given(used(60)).when(take(41)).thenRejected('media_quota_exceeded'));
});

describe('FreeStorage', () => {
  const free = (bytes: number) => ({ type: 'FreeStorage', data: { ...of, bytes, at: at(95) } }) as const;
  const freed = (bytes: number, usedBytes: number) =>
    fact('StorageFreed', { ...of, bytes, usedBytes, freedAt: at(95) });

  it('frees the room of a file', () =>
    given(used(60)).when(free(20)).repeated('decides again').thenEvents(freed(20, 40)));
  it('leaves no less than nothing', () =>
    given(used(10)).when(free(20)).repeated('decides again').thenEvents(freed(20, 0)));
});
