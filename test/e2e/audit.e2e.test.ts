import { expect } from 'chai';
import pg from 'pg';
import { startApp, type RunningApp } from '../support/app.js';
import { auditing, makeAuditors } from '../support/audit-calls.js';
import { call, expectProblem } from '../support/call.js';
import { signUp, type SignedUp } from '../support/signed-up.js';

const ASKED = {
  call: 'GET /audit/v1/messages/:messageId/versions',
  filter: { messageId: '01900000-0000-7000-8000-00000000ffff' },
};

describe('auditing', () => {
  let app: RunningApp;
  let pool: pg.Pool;
  let eva: SignedUp;
  let fritz: SignedUp;
  let mallory: SignedUp;

  before(async function () {
    this.timeout(120_000);
    app = await startApp();
    pool = new pg.Pool({ connectionString: app.databaseUrl });
    [eva, fritz, mallory] = [await signUp(app, 'eva'), await signUp(app, 'fritz'), await signUp(app, 'mallory')];
    await makeAuditors(app, eva, fritz);
  });
  after(async () => {
    await pool.end();
    await app.stop();
  });

  const ask = async () => {
    const answer = await auditing(app, eva)('POST', '/requests', { json: ASKED });
    expect(answer.status, answer.text).to.equal(201);
    return answer.body['requestId'] as string;
  };

  /** Answers the types of events of a stream, in their order. */
  const typesIn = async (stream: string): Promise<string[]> => {
    const { rows } = await pool.query<{ type: string }>(
      'select type from log.events where stream_id like $1 order by position',
      [stream],
    );
    return rows.map(({ type }) => type);
  };

  describe('a request for approval', () => {
    it('is decided by another auditor, and shown to both', async () => {
      const requestId = await ask();
      expectProblem(await auditing(app, eva)('POST', `/requests/${requestId}/approve`), 403, 'own_audit_request');
      expect((await auditing(app, fritz)('POST', `/requests/${requestId}/approve`)).status).to.equal(204);
      const { body } = await auditing(app, eva)('GET', `/requests/${requestId}`);
      expect(body).to.include({ status: 'approved', auditorId: eva.userId, decidedBy: fritz.userId, call: ASKED.call });
      expect(body['filter']).to.deep.equal(ASKED.filter);
      expectProblem(await auditing(app, fritz)('POST', `/requests/${requestId}/refuse`), 409, 'audit_request_decided');
      expect(await typesIn(`auditrequest-${requestId}`)).to.deep.equal(['AuditRequested', 'AuditRequestApproved']);
    });

    it('takes a reason', async () => {
      const answer = await call(app, 'POST', '/audit/v1/requests', { token: eva.accessToken, json: ASKED });
      expectProblem(answer, 400, 'audit_reason_required');
    });

    for (const [what, reason] of Object.entries({ 'is too long': 'x'.repeat(501), 'shows nothing': '\u00a0' }))
      it(`takes no reason that ${what}`, async () => {
        const answer = await auditing(app, eva, reason)('POST', '/requests', { json: ASKED });
        expectProblem(answer, 400, 'invalid_request');
        expect(answer.body['errors']).to.deep.include.members([
          { path: 'x-audit-reason', message: (answer.body['errors'] as [{ message: string }])[0].message },
        ]);
      });

    it('takes no address and no name, neither in what it asks for nor in its reason', async () => {
      const before = (await typesIn('auditrequest-%')).length;
      for (const json of [
        { ...ASKED, filter: { messageId: 'ada@example.com' } },
        { ...ASKED, filter: { ...ASKED.filter, q: 'Ada' } },
        { ...ASKED, call: 'GET /audit/v1/Ada' },
      ])
        expectProblem(await auditing(app, eva)('POST', '/requests', { json }), 400, 'audit_call_unknown');
      const addressed = await auditing(app, eva, 'Asked by ada@example.com')('POST', '/requests', { json: ASKED });
      expectProblem(addressed, 400, 'invalid_request');
      const json = { call: 'GET /audit/v1/events', filter: { userId: mallory.userId } };
      const named = await auditing(app, eva, 'What Mallory wrote')('POST', '/requests', { json });
      expectProblem(named, 400, 'audit_reason_personal');
      expectProblem(
        await auditing(app, eva, 'What mallory wrote')('GET', `/events?userId=${mallory.userId}`),
        400,
        'audit_reason_personal',
      );
      expect((await typesIn('auditrequest-%')).length).to.equal(before);
    });

    it('keeps a reason in UTF-8, and in Latin-1', async () => {
      for (const sent of ['Klärung', Buffer.from('Klärung 爱').toString('latin1')]) {
        const answer = await auditing(app, eva, sent)('POST', '/requests', { json: ASKED });
        const { body } = await auditing(app, eva)('GET', `/requests/${answer.body['requestId'] as string}`);
        expect(body['reason']).to.be.oneOf(['Klärung', 'Klärung 爱']);
      }
    });

    it('is nobody else’s business, and that somebody tried is recorded once', async () => {
      const requestId = await ask();
      for (let n = 0; n < 2; n += 1)
        expectProblem(await auditing(app, mallory)('GET', `/requests/${requestId}`), 403, 'forbidden');
      expectProblem(await auditing(app, mallory)('POST', `/requests/${requestId}/approve`), 403, 'forbidden');
      expect(await typesIn(`auditrefusal-${mallory.userId}%`)).to.deep.equal(['AuditAccessRefused']);
    });

    it('is found by the second auditor as long as it waits', async () => {
      const requestId = await ask();
      const listed = async (page = '?limit=100') => {
        const { body } = await auditing(app, fritz)('GET', `/requests${page}`);
        return (body['requests'] as { requestId: string }[]).map((each) => each.requestId);
      };
      expect(await listed()).to.include(requestId);
      expect(await listed('?limit=1')).to.have.length.below(2);
      expect((await auditing(app, fritz)('POST', `/requests/${requestId}/approve`)).status).to.equal(204);
      expect(await listed()).to.not.include(requestId);
      expectProblem(await auditing(app, mallory)('GET', '/requests'), 403, 'forbidden');
    });

    for (const [what, path] of [
      ['to ask for one', '/requests'],
      ['to approve it', '/requests/01900000-0000-7000-8000-00000000ffff/approve'],
      ['to refuse it', '/requests/01900000-0000-7000-8000-00000000ffff/refuse'],
    ] as const)
      it(`is refused to strangers, and that they tried is recorded: ${what}`, async () => {
        const stranger = await signUp(app, `stranger${path.length}`);
        const json = path === '/requests' ? ASKED : undefined;
        expectProblem(await auditing(app, stranger)('POST', path, json && { json }), 403, 'forbidden');
        expect(await typesIn(`auditrefusal-${stranger.userId}%`)).to.deep.equal(['AuditAccessRefused']);
      });
  });

  it('is recorded before its answer, also where it is refused', async () => {
    const before = (await typesIn('audit-%')).length;
    const unknown = '01900000-0000-7000-8000-00000000ffff';
    expectProblem(await auditing(app, eva)('GET', `/requests/${unknown}`), 404, 'audit_request_not_found');
    expect((await typesIn('audit-%')).length).to.equal(before + 1);
  });
});
