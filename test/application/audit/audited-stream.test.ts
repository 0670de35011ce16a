import { expect } from 'chai';
import type { AuditedPart, MakeParts } from '../../../src/application/audit/audited-stream.js';
import type { SessionId, UserId } from '../../../src/domain/kernel/ids.js';
import { reject } from '../../../src/domain/kernel/rejections.js';
import { secondsAfter } from '../../../src/application/kernel/seconds-after.js';
import { ada, bob, cleo, sessionNumber } from '../../support/ids.js';
import { refusalOf } from '../kernel/refusal.js';
import { createAuditScene, VERSIONS, type AuditScene } from './audit-scene.js';

const STREAM = { ...VERSIONS, name: 'GET /audit/v1/events', filter: {} };

const part = (text: string, ...userIds: readonly UserId[]): AuditedPart => ({
  content: Buffer.from(text),
  results: 1,
  userIds,
});

const messageOf = (error: unknown): string => (error as Error).message;

const textOf = ({ value }: IteratorResult<Uint8Array, unknown>): string | undefined =>
  value === undefined ? undefined : Buffer.from(value as Uint8Array).toString();

describe('An audit call that is answered piece by piece', () => {
  let scene: AuditScene;
  let auditor: UserId;
  const sessionId: SessionId = sessionNumber(1);
  beforeEach(async () => {
    scene = await createAuditScene();
    auditor = await scene.auditor('eva');
  });

  const open = (parts: MakeParts, more: Partial<typeof VERSIONS> = {}) =>
    scene.audit.auditGate.streamed({ ...STREAM, ...more }, scene.contextOf(auditor, sessionId), parts);
  const openWith = (...parts: readonly AuditedPart[]) =>
    open(async function* () {
      yield* parts;
    });
  /** Gives one part, and then waits until it is told to end. */
  const following = (more: object = { isEndless: true }) =>
    open(async function* (signal) {
      yield part('first', ada);
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
    }, more);

  const types = async (): Promise<string[]> => {
    const [started] = (await scene.logged('AuditStreamStarted')) as { callId: string }[];
    return scene.typesIn(`audit-${started?.callId}`);
  };
  const end = async () => (await scene.logged('AuditStreamEnded'))[0];

  it('records it before the first piece, whom it shows before the piece, and its end', async () => {
    const stream = await openWith(part('one', ada, bob), part('two', bob), part('three', cleo));
    expect(await types()).to.deep.equal(['AuditStreamStarted']);
    expect(textOf(await stream.next())).to.equal('one');
    expect(await types()).to.deep.equal(['AuditStreamStarted', 'UsersAudited']);
    expect(textOf(await stream.next())).to.equal('two');
    expect(await types(), 'bob was named before').to.have.length(2);
    expect(textOf(await stream.next())).to.equal('three');
    expect(await stream.next()).to.deep.equal({ done: true, value: undefined });
    expect((await scene.logged('UsersAudited')).map((each) => (each as { userIds: UserId[] }).userIds)).to.deep.equal([
      [ada, bob],
      [cleo],
    ]);
    expect(await end()).to.deep.include({ results: 3, end: 'complete' });
  });

  it('records after how much its reader has left', async () => {
    const stream = await openWith(part('one'), part('two'));
    await stream.next();
    await stream.return?.();
    expect(await end()).to.deep.include({ results: 1, end: 'client_left' });
    expect(await stream.next()).to.deep.equal({ done: true, value: undefined });
    expect(await scene.logged('AuditStreamEnded')).to.have.length(1);
  });

  it('records the end where its reader has left before the first piece', async () => {
    const stream = await openWith(part('one'));
    await stream.return?.();
    expect(await end()).to.deep.include({ results: 0, end: 'client_left' });
  });

  it('records the end where its reader leaves while it waits for the next piece', async () => {
    const stream = await following();
    await stream.next();
    const waiting = stream.next();
    await stream.return?.();
    expect(await end()).to.deep.include({ results: 1, end: 'client_left' });
    expect(await waiting).to.deep.equal({ done: true, value: undefined });
  });

  it('is cut off where the role is taken away, so that nobody takes it for whole', async () => {
    const stream = await openWith(part('one', ada), part('two', bob));
    await stream.next();
    await scene.revoke(auditor);
    expect(await refusalOf(stream.next())).to.equal('forbidden');
    expect(await end()).to.deep.include({ results: 1, end: 'right_lost' });
  });

  it('ends where the role is taken away and it has no end of its own', async () => {
    const stream = await open(
      async function* () {
        yield part('one');
        yield part('two');
      },
      { isEndless: true },
    );
    await stream.next();
    await scene.revoke(auditor);
    expect(await stream.next()).to.deep.equal({ done: true, value: undefined });
    expect(await end()).to.deep.include({ end: 'right_lost' });
  });

  it('ends when the server stops', async () => {
    const stream = await following();
    await stream.next();
    const waiting = stream.next();
    scene.stop();
    expect(await waiting).to.deep.equal({ done: true, value: undefined });
    expect(await end()).to.deep.include({ end: 'server_stopped' });
  });

  it('is cut off when the server stops before it is whole', async () => {
    const stream = await following({});
    await stream.next();
    const waiting = stream.next();
    scene.stop();
    expect(await waiting.catch(messageOf)).to.equal('server_stopped');
  });

  for (const [what, finish] of Object.entries<(scene: AuditScene, auditor: UserId) => void>({
    'its session': ({ denylist }) => denylist.sessionEnded(sessionId),
    'every session of the auditor': ({ denylist }, userId) => denylist.sessionsEnded(userId, 1, null),
  }))
    it(`ends when ${what} has ended`, async () => {
      const stream = await following();
      await stream.next();
      const waiting = stream.next();
      scene.denylist.sessionEnded(sessionNumber(2));
      scene.denylist.sessionsEnded(ada, 1, null);
      finish(scene, auditor);
      expect(await waiting).to.deep.equal({ done: true, value: undefined });
      expect(await end()).to.deep.include({ end: 'right_lost' });
    });

  // It takes seconds to look through what an export holds, and only from then on the session was watched.
  it('shows nothing where its session has ended while its pieces were made', async () => {
    const stream = await open(async () => {
      scene.denylist.sessionEnded(sessionId);
      return (async function* () {
        yield part('one', ada);
      })();
    });
    expect(await stream.next().catch(messageOf)).to.equal('right_lost');
    expect(await scene.logged('UsersAudited')).to.deep.equal([]);
    expect(await end()).to.deep.include({ results: 0, end: 'right_lost' });
  });

  // Its reader was gone, so the failure was told to nobody.
  it('says so where its end cannot be recorded', async () => {
    let isAway = false;
    const unrecorded: unknown[] = [];
    const audit = scene.auditWith({
      transact: (...given) => (isAway ? Promise.reject(new Error('the log is away')) : scene.transact(...given)),
      onUnrecorded: (_, reason, error) => unrecorded.push([reason, messageOf(error)]),
    });
    const stream = await audit.auditGate.streamed(STREAM, scene.contextOf(auditor), async function* () {
      yield part('one');
    });
    await stream.next();
    isAway = true;
    expect(await stream.return?.().catch(messageOf)).to.equal('the log is away');
    expect(unrecorded).to.deep.equal([['client_left', 'the log is away']]);
  });

  it('records that it has failed, and says why', async () => {
    const stream = await open(async function* () {
      yield part('one');
      throw new Error('the log is away');
    });
    await stream.next();
    expect(await stream.next().catch(messageOf)).to.equal('the log is away');
    expect(await end()).to.deep.include({ results: 1, end: 'failed' });
  });

  it('is refused, and has not begun, where its pieces cannot be made', async () => {
    let signal: AbortSignal | undefined;
    const refused = open((given) => {
      signal = given;
      return reject('audit_export_empty');
    });
    expect(await refusalOf(refused)).to.equal('audit_export_empty');
    expect(signal?.aborted).to.equal(true);
    expect(await scene.logged('AuditStreamStarted')).to.deep.equal([]);
    expect((await scene.logged('AuditAnswered'))[0]).to.include({ results: 0, refusal: 'audit_export_empty' });
  });

  it('makes no piece for those who may not call', async () => {
    await scene.revoke(auditor);
    let isMade = false;
    const refused = open(() => {
      isMade = true;
      return reject('audit_export_empty');
    });
    expect(await refusalOf(refused)).to.equal('forbidden');
    expect(isMade).to.equal(false);
  });

  for (const [what, finish] of Object.entries<(stream: AsyncIterableIterator<Uint8Array>) => Promise<unknown>>({
    'it is whole': async (stream) => [await stream.next(), await stream.next()],
    'its reader has left': async (stream) => stream.return?.(),
  }))
    it(`gives the signal once ${what}`, async () => {
      let signal: AbortSignal | undefined;
      const stream = await open(async (given) => {
        signal = given;
        return (async function* () {
          yield part('one');
        })();
      });
      expect(signal?.aborted).to.equal(false);
      await finish(stream);
      expect(signal?.aborted).to.equal(true);
    });

  // An approval holds for an hour, and a stream that followed the log on it went on for ever: it asked as of its beginning.
  it('ends once the time of its approval is over', async () => {
    scene = await createAuditScene({ fourEyes: true });
    const [eva, fritz] = [await scene.auditor('eva'), await scene.auditor('fritz')];
    const asked = { call: STREAM.name, filter: STREAM.filter, reason: STREAM.reason };
    const { requestId } = await scene.audit.requestAudit(asked, scene.contextOf(eva));
    await scene.audit.approveAuditRequest(requestId, scene.contextOf(fritz));
    const stream = await scene.audit.auditGate.streamed(
      { ...STREAM, requestId, isEndless: true },
      scene.contextOf(eva, sessionId),
      async function* () {
        for (;;) yield part('one');
      },
    );
    scene.turnClock(3_599);
    expect(textOf(await stream.next())).to.equal('one');
    scene.turnClock(1);
    expect(await stream.next()).to.deep.equal({ done: true, value: undefined });
    expect(await end()).to.deep.include({ results: 1, end: 'right_lost' });
  });

  describe('for longer than the token of its reader', () => {
    const reading = async (isEndless: boolean) => {
      const context = { ...scene.contextOf(auditor, sessionId), tokenEndsAt: secondsAfter(scene.now(), 60) };
      const parts = async function* () {
        for (;;) yield part('one');
      };
      const stream = await scene.audit.auditGate.streamed({ ...STREAM, isEndless }, context, parts);
      scene.turnClock(59);
      expect(textOf(await stream.next())).to.equal('one');
      scene.turnClock(1);
      return stream;
    };

    it('ends where it has no end of its own', async () => {
      const stream = await reading(true);
      expect(await stream.next()).to.deep.equal({ done: true, value: undefined });
      expect(await end()).to.deep.include({ results: 1, end: 'right_lost' });
    });

    it('goes on to its end where it has one', async () => {
      const stream = await reading(false);
      expect(textOf(await stream.next())).to.equal('one');
      await stream.return?.();
    });
  });

  it('does not begin without the role, or without a reason', async () => {
    expect(await refusalOf(following({ reason: null }))).to.equal('audit_reason_required');
    await scene.revoke(auditor);
    expect(await refusalOf(openWith(part('one')))).to.equal('forbidden');
    expect(await scene.logged('AuditStreamStarted')).to.deep.equal([]);
    expect(await scene.logged('AuditAccessRefused')).to.have.length(1);
  });
});
