import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { startApp, type RunningApp } from '../support/app.js';
import { built } from '../support/built.js';
import { call } from '../support/call.js';
import { eventually } from '../support/eventually.js';
import { openSocket } from '../support/live-socket.js';
import { openOtlpCollector, type CollectedSpan, type OtlpCollector } from '../support/otlp-collector.js';
import { freePort } from '../support/programs.js';
import { PASSWORD, send, signUp, type SignedUp } from '../support/signed-up.js';
import { closeSockets } from '../support/socket.js';
import { untilSaid } from '../support/until-said.js';

const LONG_MS = 120_000;
const LOST = 'spans could not be exported, and are lost';
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const CALLER = '00f067aa0ba902b7';
/** The words of a message, which no span may repeat. */
const WORDS = 'unrepeatable-words';

/** Answers the programs that the bundle of the server loads at its start, joined. */
const loadedAtStart = async (name: string, seen = new Set<string>()): Promise<string> => {
  if (seen.has(name)) return '';
  seen.add(name);
  const code = await readFile(join('dist', name), 'utf8');
  const imported = [...code.matchAll(/(?:from|^import) ?"\.\/(bundled-[\w-]+\.js)"/gm)].map(([, found = '']) => found);
  const parts = [code];
  for (const each of imported) parts.push(await loadedAtStart(each, seen));
  return parts.join('\n');
};

describe('Spans', function () {
  this.timeout(LONG_MS);
  afterEach(closeSockets);

  describe('where a collector is named', () => {
    let collector: OtlpCollector;
    let app: RunningApp;
    let other: RunningApp;
    let ada: SignedUp;
    let bob: SignedUp;

    before(async () => {
      collector = await openOtlpCollector();
      const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_BSP_SCHEDULE_DELAY: '50' };
      app = await startApp({ env: { ...env, OTEL_SERVICE_NAME: 'one' } });
      other = await startApp({ beside: app, env: { ...env, OTEL_SERVICE_NAME: 'other' } });
      [ada, bob] = [await signUp(app, 'wilhelmine'), await signUp(app, 'bartholomew')];
    });
    after(async () => {
      await other.stop();
      await app.stop();
      await collector.close();
    });

    /** Waits until the trace has spans with these names, and answers one of each. */
    const spansOf = async <const Names extends readonly string[]>(traceId: string, ...names: Names) => {
      const find = (name: string) => collector.spans.find((span) => span.traceId === traceId && span.name === name);
      const found = await eventually(
        async () => names.map(find),
        (spans) => !spans.includes(undefined),
      );
      return found as { readonly [Index in keyof Names]: CollectedSpan };
    };

    it('lead from a request to the push of its message, on whichever node', async () => {
      const near = await openSocket(other, bob);
      const answer = await call(app, 'POST', '/message/v1/send', {
        token: ada.accessToken,
        json: { recipientId: bob.userId, text: WORDS },
        headers: { traceparent: `00-${TRACE}-${CALLER}-01` },
      });
      await near.next('message.sent');
      const pushed = await eventually(
        async () => collector.spans.filter(({ name, traceId }) => name === 'push' && traceId === TRACE),
        (spans) => new Set(spans.map(({ service }) => service)).size === 2,
      );
      const [request, command, append] = await spansOf(TRACE, 'HTTP POST', 'command', 'append');
      expect(request).to.include({ parentSpanId: CALLER, service: 'one' });
      expect(command.parentSpanId).to.equal(request.spanId);
      expect(append.parentSpanId).to.equal(command.spanId);
      for (const { parentSpanId } of pushed) expect(parentSpanId).to.equal(request.spanId);
      const requestId = `${TRACE}-${request.spanId}`;
      expect(answer.headers.get('x-request-id')).to.equal(requestId);
      expect(request.attributes).to.include({
        'chatapp.correlation_id': requestId,
        'http.route': '/message/v1/send',
        'http.response.status_code': '201',
      });
      expect(Number(append.attributes['chatapp.group_size'])).to.be.above(0);
      expect(append.attributes['chatapp.position']).to.equal(answer.body['position']);
      expect(pushed[0]?.attributes['chatapp.event_type']).to.be.oneOf(['ConversationStarted', 'MessageSent']);
    });

    it('show which batch of a projection has applied what a request appended', async () => {
      const projected = await eventually(
        async () =>
          collector.spans.filter(
            ({ name, links = [] }) => name === 'project' && links.some(({ traceId }) => traceId === TRACE),
          ),
        (spans) => spans.some(({ attributes }) => attributes['chatapp.projection'] === 'messages'),
      );
      for (const { traceId, attributes } of projected) {
        expect(traceId).not.to.equal(TRACE);
        expect(Number(attributes['chatapp.events'])).to.be.above(0);
      }
    });

    it('lead from a frame to the push of its message', async () => {
      const socket = await openSocket(app, ada);
      socket.send({ type: 'send', id: '1', recipientId: bob.userId, text: WORDS });
      await socket.answerTo('1');
      await socket.next('message.sent');
      const frame = await eventually(
        async () => collector.spans.find(({ name }) => name === 'frame send'),
        (span) => span !== undefined,
      );
      const [command, push] = await spansOf(frame?.traceId ?? '', 'command', 'push');
      expect(command.parentSpanId).to.equal(frame?.spanId);
      expect(push.parentSpanId).to.equal(frame?.spanId);
    });

    it('keep the id that a client gives its request, and follow no broken header', async () => {
      const headers = { 'x-request-id': 'of-the-client', traceparent: '00-0-0-01' };
      const answer = await call(app, 'GET', '/user/v1/me', { token: ada.accessToken, headers });
      expect(answer.headers.get('x-request-id')).to.equal('of-the-client');
      const span = await eventually(
        async () => collector.spans.find(({ attributes }) => attributes['chatapp.correlation_id'] === 'of-the-client'),
        (found) => found !== undefined,
      );
      expect(span?.parentSpanId ?? '').to.equal('');
    });

    it('are not made of a request that its caller does not record', async () => {
      const unrecorded = '00-11111111111111111111111111111111-2222222222222222-00';
      const answer = await call(app, 'GET', '/user/v1/me', {
        token: ada.accessToken,
        headers: { traceparent: unrecorded },
      });
      expect(answer.headers.get('x-request-id')).to.match(/^[\da-f]{8}-/);
      expect(collector.text()).not.to.include('11111111111111111111111111111111');
    });

    it('repeat nothing of what users write, nor who they are, nor their tokens', () => {
      expect(collector.spans.length).to.be.above(10);
      for (const secret of [WORDS, ada.email, ada.username, PASSWORD, ada.accessToken, ada.refreshToken])
        expect(collector.text()).not.to.include(secret);
    });
  });

  it('are lost where the collector is away: the server goes on, says so once, and ends in order', async () => {
    const env = {
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${await freePort()}`,
      OTEL_BSP_SCHEDULE_DELAY: '50',
      OTEL_EXPORTER_OTLP_TIMEOUT: '200',
    };
    const app = await startApp({ env });
    const [ada, bob] = [await signUp(app, 'ada'), await signUp(app, 'bob')];
    await untilSaid(app, LOST);
    await send(app, ada, { recipientId: bob.userId, text: 'all the same' });
    expect(await app.stop()).to.equal(0);
    expect(app.output().split(LOST)).to.have.length(2);
  });

  it('cost a server nothing that sends none: it does not load what makes them', async () => {
    await built();
    const code = await loadedAtStart('main.js');
    expect(code).to.include('OTEL_EXPORTER_OTLP_ENDPOINT').and.not.include('BatchSpanProcessor');
  });
});
