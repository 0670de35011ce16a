import { expect } from 'chai';
import { surveyStretch } from '../../../src/application/audit/survey-events.js';
import type { AuditedEvent } from '../../../src/application/ports/audited-log.js';
import type { Position } from '../../../src/domain/kernel/ids.js';
import { ada, bob, mediaNumber, positionOf } from '../../support/ids.js';

const MEBIBYTE = 1_048_576;

/** A log of messages of Ada, in which some events are others. */
const logOf = (size: number, others: Readonly<Record<number, Partial<AuditedEvent>>> = {}) => {
  const plain = { type: 'MessageSent', streamId: 'message-1', data: {}, isErased: false, userIds: [ada] };
  const events = Array.from(
    { length: size },
    (_, n) => ({ ...plain, ...others[n + 1], position: positionOf(n + 1) }) as unknown as AuditedEvent,
  );
  return {
    first: async ({ after, upTo }: { after: Position; upTo: Position }, limit: number) =>
      events.slice(Number(after), Math.min(Number(upTo), Number(after) + limit)),
  };
};

const upload = (n: number, size: number): Partial<AuditedEvent> => ({
  type: 'MediaUploaded',
  data: { mediaId: mediaNumber(n), uploaderId: ada, size },
});

const survey = (
  log: ReturnType<typeof logOf>,
  [after, upTo]: readonly [number, number],
  bounds = { events: 10_000, fileBytes: 512 * MEBIBYTE },
) => surveyStretch(log, { after: positionOf(after), upTo: positionOf(upTo) }, bounds);

describe('The survey of a bundle', () => {
  it('counts the events of a stretch, however many', async () => {
    for (const [after, upTo] of [
      [0, 1_700],
      [0, 1_500],
      [20, 21],
      [1_699, 1_700],
    ] as const)
      expect(await survey(logOf(1_700), [after, upTo])).to.include({
        events: upTo - after,
        last: String(upTo),
        isWhole: true,
      });
    expect(await survey(logOf(10), [10, 10])).to.include({ events: 0, isWhole: true });
  });

  it('ends with as many events as are asked for, and says that there are more', async () => {
    const bounds = { events: 700, fileBytes: MEBIBYTE };
    expect(await survey(logOf(1_700), [0, 1_700], bounds)).to.include({ events: 700, last: '700', isWhole: false });
    expect(await survey(logOf(700), [0, 700], bounds)).to.include({ events: 700, last: '700', isWhole: true });
  });

  it('ends behind the file with which there is no room', async () => {
    const log = logOf(10, { 2: upload(1, MEBIBYTE), 4: upload(2, MEBIBYTE), 6: upload(3, MEBIBYTE) });
    const found = await survey(log, [0, 10], { events: 100, fileBytes: 2 * MEBIBYTE });
    expect(found).to.include({ events: 4, last: '4', isWhole: false });
    expect(found.files.map(({ mediaId }) => mediaId)).to.deep.equal([mediaNumber(1), mediaNumber(2)]);
  });

  it('lists no file of an erased user, nor of what cannot be decoded', async () => {
    const log = logOf(3, {
      1: { ...upload(1, 5), isErased: true },
      2: { ...upload(2, 5), data: null },
      3: upload(3, 5),
    });
    expect((await survey(log, [0, 3])).files.map(({ mediaId }) => mediaId)).to.deep.equal([mediaNumber(3)]);
  });

  // Their stored bytes, which a bundle holds, have the hash of a password, or of a request with one.
  it('says where events were stored before secrets were sealed', async () => {
    for (const [type, schemaVersion, isBare] of [
      ['UserRegistered', 1, true],
      ['UserRegistered', 2, false],
      ['RequestAccepted', 1, true],
      ['RequestAccepted', 2, false],
      ['MessageSent', 1, false],
    ] as const)
      expect(await survey(logOf(3, { 2: { type, schemaVersion } }), [0, 3]), type).to.include({ isBare });
    expect(await survey(logOf(3, { 2: { type: 'UserRegistered', schemaVersion: 1 } }), [2, 3])).to.include({
      isBare: false,
    });
  });

  it('knows whom it concerns, and names those of audits too, whom these do not concern', async () => {
    const log = logOf(2, { 2: { type: 'UsersAudited', streamId: 'audit-1' as never, userIds: [bob] } });
    const { concerned, named } = await survey(log, [0, 2]);
    expect([...concerned]).to.deep.equal([ada]);
    expect([...named]).to.deep.equal([ada, bob]);
  });
});
