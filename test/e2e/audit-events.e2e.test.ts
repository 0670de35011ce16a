import { expect } from 'chai';
import pg from 'pg';
import { startApp, type RunningApp } from '../support/app.js';
import { auditing, makeAuditors, toolEnvironment } from '../support/audit-calls.js';
import { call, expectProblem } from '../support/call.js';
import { chatappHere } from '../support/cli.js';
import { eventually } from '../support/eventually.js';
import { readLines } from '../support/line-reader.js';
import { ownAuditsOf } from '../support/own-audits.js';
import { logIn, send, signUp, type SignedUp } from '../support/signed-up.js';

describe('what auditors see', () => {
  let app: RunningApp;
  let pool: pg.Pool;
  let eva: SignedUp;
  let fritz: SignedUp;
  let mallory: SignedUp;
  let ada: SignedUp;
  let sent: { messageId: string; conversationId: string; position: string };

  before(async function () {
    this.timeout(120_000);
    app = await startApp();
    pool = new pg.Pool({ connectionString: app.databaseUrl });
    [eva, fritz, mallory] = [await signUp(app, 'eva'), await signUp(app, 'fritz'), await signUp(app, 'mallory')];
    await makeAuditors(app, eva, fritz);
    ada = await signUp(app, 'ada');
    sent = await send(app, ada, { recipientId: mallory.userId, text: 'the first text' });
    const own = { token: ada.accessToken };
    await call(app, 'PATCH', `/message/v1/${sent.messageId}`, { ...own, json: { text: 'the second text' } });
    await call(app, 'DELETE', `/message/v1/${sent.messageId}`, own);
  });
  after(async () => {
    await pool.end();
    await app.stop();
  });

  type Shown = Readonly<{ position: string; type: string; streamId: string; data: Record<string, unknown> }>;

  const list = async (query: string) => {
    const answer = await auditing(app, eva)('GET', `/events?${query}`);
    expect(answer.status, answer.text).to.equal(200);
    return answer.body as unknown as { events: Shown[]; nextCursor: string | null };
  };
  const typesOf = async (query: string) => (await list(query)).events.map(({ type }) => type);
  const CHANGES = ['MessageSent', 'MessageEdited', 'MessageDeleted'];

  describe('the events', () => {
    it('are found by stream, conversation, user, actor, type and position', async () => {
      const { messageId, conversationId, position } = sent;
      expect(await typesOf(`streamId=message-${messageId}`)).to.deep.equal(CHANGES);
      expect(await typesOf(`conversationId=${conversationId}`)).to.include.members(['ConversationStarted', ...CHANGES]);
      expect(await typesOf(`actorId=${ada.userId}&type=MessageSent`)).to.deep.equal(['MessageSent']);
      expect(await typesOf(`userId=${mallory.userId}&type=ConversationStarted`)).to.deep.equal(['ConversationStarted']);
      expect(await typesOf(`userId=${mallory.userId}&type=MessageSent`)).to.deep.equal([]);
      const before = String(Number(position) + 1);
      expect(await typesOf(`streamId=message-${messageId}&before=${before}`)).to.deep.equal(['MessageSent']);
      expect(await typesOf(`streamId=message-${messageId}&after=${position}`)).to.deep.equal(CHANGES.slice(1));
    });

    it('are shown with what they hold, and without what only checks a secret', async () => {
      const [event] = (await list(`streamId=message-${sent.messageId}`)).events;
      expect(event).to.deep.include({ revision: 0, schemaVersion: 3, position: sent.position });
      expect(event?.data).to.include({ text: 'the first text', senderId: ada.userId });
      const [registered] = (await list(`streamId=user-${ada.userId}`)).events;
      expect(registered?.data).to.include({ username: 'ada' }).and.not.have.property('passwordHash');
    });

    it('are found by time', async () => {
      const [event] = (await list(`streamId=message-${sent.messageId}`)).events as (Shown & { recordedAt: string })[];
      const [from, to] = [event?.recordedAt ?? '', '2999-01-01T00:00:00Z'];
      expect(await typesOf(`from=${from}&to=${to}&streamId=message-${sent.messageId}`)).to.deep.equal(CHANGES);
      expect(await typesOf(`to=${from}&streamId=message-${sent.messageId}`)).to.deep.equal([]);
      expect(await typesOf(`from=${to}`)).to.deep.equal([]);
    });

    it('come page by page to an end, though each page is recorded', async () => {
      const upTo = Number(
        (await pool.query<{ head: string }>('select max(position) as head from log.events')).rows[0]?.head,
      );
      const seen: string[] = [];
      for (let next: string | null = ''; next !== null;) {
        const page: Awaited<ReturnType<typeof list>> = await list(`limit=7${next === '' ? '' : `&cursor=${next}`}`);
        seen.push(...page.events.map(({ position }) => position));
        next = page.nextCursor;
      }
      expect(seen.slice(0, upTo)).to.deep.equal(Array.from({ length: upTo }, (_, n) => String(n + 1)));
      expect(seen.length).to.be.below(upTo + 5);
    });

    it('take a reason, a role, and a range that goes forwards', async () => {
      expectProblem(
        await call(app, 'GET', '/audit/v1/events', { token: eva.accessToken }),
        400,
        'audit_reason_required',
      );
      expectProblem(await auditing(app, mallory)('GET', '/events'), 403, 'forbidden');
      for (const query of ['after=9&before=9', 'from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z'])
        expectProblem(await auditing(app, eva)('GET', `/events?${query}`), 400, 'audit_range_backwards');
      expect((await list('after=999999999999999999')).events).to.deep.equal([]);
    });

    it('that cannot be decoded are shown with the reason and their bytes', async () => {
      const stream = 'message-01900000-0004-7000-8000-00000000ffff';
      await pool.query(
        `insert into log.events (position, stream_id, revision, event_id, type, schema_version, data, metadata)
         select max(position) + 1, $1, 0, gen_random_uuid(), 'MessageSent', 1, '{"what":', '{}' from log.events`,
        [stream],
      );
      const [event] = (await list(`streamId=${stream}`)).events as (Shown & { undecodable: Record<string, string> })[];
      expect(event).to.include({ data: null, type: 'MessageSent' });
      expect(event?.undecodable['reason']).to.include('no JSON');
      expect(Buffer.from(event?.undecodable['data'] ?? '', 'base64').toString()).to.equal('{"what":');
    });
  });

  describe('the events as lines of JSON', () => {
    const headers = () => ({ authorization: `Bearer ${eva.accessToken}`, 'x-audit-reason': 'Complaint 2026-17' });
    const stream = (query = '', more: Record<string, string> = {}) =>
      readLines(`${app.url}/audit/v1/events?${query}`, { ...headers(), ...more });
    const endsOf = async () => {
      const { events } = await list('type=AuditStreamEnded');
      return events.map(({ data }) => ({ results: data['results'], end: data['end'] }));
    };

    it('are the whole log, in order, and go on behind any position', async () => {
      const whole = await stream();
      expect(await whole.ended()).to.equal('whole');
      expect(whole.contentType).to.equal('application/x-ndjson');
      const positions = whole.lines.map(({ position }) => Number(position));
      expect(positions).to.deep.equal(positions.map((_, n) => n + 1));
      const rest = await stream('after=10');
      await rest.ended();
      expect(rest.lines.slice(0, positions.length - 10)).to.deep.equal(whole.lines.slice(10));
      expect((await endsOf()).at(-2)).to.deep.equal({ results: whole.lines.length, end: 'complete' });
    });

    it('follow what comes, and do not record themselves for ever', async () => {
      const following = await stream('follow=true&type=MessageSent');
      const { messageId } = await send(app, ada, { recipientId: mallory.userId, text: 'live' });
      const line = await following.line(({ data }) => (data as { messageId: string } | null)?.messageId === messageId);
      expect(line['data']).to.include({ text: 'live' });
      const all = await stream(`follow=true&after=${line['position'] as string}`);
      await all.line(({ type }) => type === 'AuditStreamStarted');
      const seen = () => all.lines.filter(({ streamId }) => String(streamId).startsWith('audit-')).length;
      const { position } = await send(app, ada, { recipientId: mallory.userId, text: 'the last' });
      await all.line((each) => each['position'] === position);
      expect(seen()).to.be.below(6);
      following.leave();
      await eventually(endsOf, (ends) =>
        ends.some(({ end, results }) => end === 'client_left' && Number(results) >= 2),
      );
      all.leave();
      // It would be the last end that those below find.
      await eventually(endsOf, (ends) => ends.filter(({ end }) => end === 'client_left').length === 2);
    });

    it('end when the role is taken away', async () => {
      const following = await stream('follow=true', { authorization: `Bearer ${fritz.accessToken}` });
      await following.line(() => true);
      await chatappHere(toolEnvironment(app), 'users', 'revoke', 'fritz', 'auditor');
      expect(await following.ended()).to.equal('whole');
      await makeAuditors(app, fritz);
    });

    // One that followed the log went on for ever with a token that no other call took any more.
    it('end with the token when they follow what comes', async () => {
      const other = await startApp({ beside: app, env: { ACCESS_TOKEN_TTL: '8s' } });
      const { accessToken } = await logIn(other, eva);
      const following = await readLines(`${other.url}/audit/v1/events?follow=true`, {
        ...headers(),
        authorization: `Bearer ${accessToken}`,
      });
      expect(following.status).to.equal(200);
      expect(await following.ended()).to.equal('whole');
      expect((await endsOf()).at(-1)).to.include({ end: 'right_lost' });
      expect(await other.stop()).to.equal(0);
    });

    it('end when the server stops', async () => {
      const other = await startApp({ beside: app });
      const following = await readLines(`${other.url}/audit/v1/events?follow=true`, headers());
      await following.line(() => true);
      expect(await other.stop()).to.equal(0);
      expect(await following.ended()).to.equal('whole');
      expect((await endsOf()).at(-1)).to.include({ end: 'server_stopped' });
    });
  });

  // A suite runs behind those before it: the erasure comes last.
  describe('beside the events', () => {
    it('shows every version of a message', async () => {
      const { body } = await auditing(app, eva)('GET', `/messages/${sent.messageId}/versions`);
      expect(body).to.include({ conversationId: sent.conversationId });
      const versions = body['versions'] as { change: string; text: string | null; by: string }[];
      expect(versions.map(({ change, text }) => [change, text])).to.deep.equal([
        ['sent', 'the first text'],
        ['edited', 'the second text'],
        ['deleted', null],
      ]);
      expect(versions.map(({ by }) => by)).to.deep.equal([ada.userId, ada.userId, ada.userId]);
      const unknown = '01900000-0000-7000-8000-00000000ffff';
      expectProblem(await auditing(app, eva)('GET', `/messages/${unknown}/versions`), 404, 'message_not_found');
    });

    it('counts events by time and type', async () => {
      const counted = async () => {
        const { body } = await auditing(app, eva)('GET', '/stats?bucket=day&type=UserRegistered');
        return (body['counts'] as { events: number }[]).reduce((sum, { events }) => sum + events, 0);
      };
      expect(await eventually(counted, (events) => events === 4)).to.equal(4);
    });

    it('tells users in their export who looked at what of theirs, and why', async () => {
      const audits = await ownAuditsOf(app, ada);
      expect(audits.map(({ call: name }) => name)).to.include.members([
        'GET /audit/v1/events',
        'GET /audit/v1/messages/:messageId/versions',
      ]);
      for (const { reason, auditorId } of audits) {
        expect(reason).to.equal('Complaint 2026-17');
        expect(auditorId).to.be.oneOf([eva.userId, fritz.userId]);
      }
    });

    it('is replayed in the terminal, where it is recorded too', async () => {
      const run = (...args: string[]) => chatappHere(toolEnvironment(app), 'log', 'replay', ...args);
      const replayed = await run('--stream', `message-${sent.messageId}`, '--reason', 'Complaint 2026-17', '--all');
      expect(replayed.code, replayed.err).to.equal(0);
      expect(replayed.out).to.include('~ text: "the first text" → "the second text"');
      const { events } = await list('type=AuditAnswered');
      expect(events.at(-1)?.data).to.include({ call: 'chatapp log replay', auditorId: null });
      for (const wrong of [
        ['--user', 'ada'],
        ['--reason', 'x'],
        ['--user', 'nobody', '--reason', 'x'],
      ])
        expect((await run(...wrong)).code).to.equal(1);
    });

    it('shows what an erased user wrote as erased', async () => {
      const erased = await call(app, 'DELETE', '/user/v1/me', {
        token: ada.accessToken,
        json: { password: ada.password },
      });
      expect(erased.status).to.equal(202);
      const versions = async () => {
        const { body } = await auditing(app, eva)('GET', `/messages/${sent.messageId}/versions`);
        return (body['versions'] as { text: string | null; erased?: true }[]).map(({ text, erased: isErased }) => [
          text,
          isErased,
        ]);
      };
      const shown = await eventually(versions, ([first]) => first?.[1] === true);
      expect(shown).to.deep.equal([
        ['erased', true],
        ['erased', true],
        [null, undefined],
      ]);
    });
  });
});
