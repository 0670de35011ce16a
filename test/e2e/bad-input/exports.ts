import { expect } from 'chai';
import type { RunningApp } from '../../support/app.js';
import { auditing, makeAuditors } from '../../support/audit-calls.js';
import { call, expectProblem } from '../../support/call.js';
import { signUp, type GetScene, type SignedUp } from '../../support/signed-up.js';

const NOBODY = '01900000-0000-7000-8000-00000000ffff';
const HUGE = String(10n ** 18n);
const LAST_POSITION = '9223372036854775807';

type Refusal = readonly [query: string, status: number, code: string];
const invalid = (...queries: string[]): Refusal[] => queries.map((query) => [query, 400, 'invalid_request']);
const backwards = (query: string): Refusal => [query, 400, 'audit_range_backwards'];
const empty = (query: string): Refusal => [query, 404, 'audit_export_empty'];

/** What an auditor asks for in vain. */
const refusals: Readonly<Record<string, readonly Refusal[]>> = {
  'ranges that go backwards, or have nothing between their ends': [
    backwards('after=9&before=3'),
    backwards('after=9&before=9'),
    backwards(`after=${LAST_POSITION}&before=1`),
    backwards('from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z'),
    empty('after=9&before=10'),
  ],
  'ranges and times that the log has not reached': [
    empty(`after=${HUGE}`),
    empty(`after=${HUGE}&before=${LAST_POSITION}`),
    empty(`after=${HUGE}&limit=1`),
    empty('from=2999-01-01T00:00:00Z'),
    empty('to=1999-01-01T00:00:00Z'),
  ],
  'positions that are none': invalid(
    ...['-1', '1.5', '1e3', '0x10', '%20', '', 'x', `${LAST_POSITION}0`, '9223372036854775808', '9'.repeat(400)]
      .map((position) => [`after=${position}`, `before=${position}`])
      .flat(),
  ),
  'times that are none': invalid(
    ...['yesterday', '', '2026-13-01T00:00:00Z', '2026-02-30T00:00:00Z', '2026-01-01', HUGE]
      .map((time) => [`from=${time}`, `to=${time}`])
      .flat(),
  ),
  'conversations and users that there are not': [
    empty(`conversationId=${NOBODY}`),
    empty(`userId=${NOBODY}`),
    ...invalid('conversationId=x', 'userId=x', 'conversationId=', `userId=${NOBODY}0`),
  ],
  'two subjects at once, or one twice': invalid(
    `conversationId=${NOBODY}&userId=${NOBODY}`,
    `userId=${NOBODY}&userId=${NOBODY}`,
  ),
  'parts of no size': invalid('limit=0', 'limit=-1', 'limit=10001', `limit=${HUGE}`, 'limit=x', 'limit=1.5', 'limit='),
  'places of other lists, or of none': [
    ...invalid('cursor=', 'cursor=x', 'cursor=e1', 'cursor=c1', `cursor=p${NOBODY}.1`, `cursor=e1-${HUGE}0`),
    empty(`cursor=e${HUGE.slice(1)}-${HUGE.slice(1)}`),
    empty('cursor=e9-3'),
  ],
  'what is no parameter, or is given twice': invalid('viewer=x', 'asOf=1', 'type=MessageSent', 'after=1&after=2'),
};

/** Tries wrong questions for bundles, as an auditor. */
export const describeBadExports = (app: () => RunningApp, scene: GetScene): void => {
  describe('exports of an auditor', () => {
    let ines: SignedUp;
    before(async () => {
      ines = await signUp(app(), 'ines');
      await makeAuditors(app(), ines);
    });
    const asked = (query: string, auditor = ines) => auditing(app(), auditor)('GET', `/exports?${query}`);

    for (const [what, all] of Object.entries(refusals))
      it(`are refused for ${what}`, async () => {
        for (const [query, status, code] of all) {
          const { status: answered, body, text } = await asked(query);
          expect({ status: answered, code: body['code'] }, `${query}: ${text.slice(0, 500)}`).to.deep.equal({
            status,
            code,
          });
        }
      });

    it('are refused without a role or a reason, and by other methods', async () => {
      expectProblem(await asked('after=0', scene().ada), 403, 'forbidden');
      const token = ines.accessToken;
      expectProblem(await call(app(), 'GET', '/audit/v1/exports?after=0', { token }), 400, 'audit_reason_required');
      expectProblem(await call(app(), 'GET', '/audit/v1/exports?after=0'), 401, 'unauthenticated');
      for (const method of ['POST', 'PUT', 'DELETE'])
        expectProblem(await auditing(app(), ines)(method, '/exports?after=0'), 405, 'method_not_allowed');
      for (const reason of [' ', '\u200b', 'x'.repeat(501)])
        expect((await auditing(app(), ines, encodedReason(reason))('GET', '/exports?after=0')).status).to.equal(400);
    });

    it('of the whole of what a position can be are those that there are', async () => {
      const query = `after=0&before=${LAST_POSITION}&limit=1`;
      const headers = { authorization: `Bearer ${ines.accessToken}`, 'x-audit-reason': 'Complaint 2026-17' };
      const response = await fetch(`${app().url}/audit/v1/exports?${query}`, { headers });
      await response.body?.cancel();
      expect(response.status).to.equal(200);
      expect(response.headers.get('x-events')).to.equal('1');
      expect(response.headers.get('link')).to.include(`before=${LAST_POSITION}`);
    });
  });
};

/** Answers a text as a header carries it: UTF-8, each byte as one character. */
const encodedReason = (text: string): string => Buffer.from(text).toString('latin1');
