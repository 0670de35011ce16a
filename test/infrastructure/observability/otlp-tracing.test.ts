import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import type { TracedEvent } from '../../../src/application/ports/tracing.js';
import { loadConfig } from '../../../src/infrastructure/config.js';
import { createLogger } from '../../../src/infrastructure/observability/logger.js';
import { openTracing } from '../../../src/infrastructure/observability/tracing/open-tracing.js';
import { OtlpTracing } from '../../../src/infrastructure/observability/tracing/otlp-tracing.js';
import { readReference, readTraceparent } from '../../../src/infrastructure/observability/tracing/span-reference.js';
import { ReleaseStack } from '../../../src/infrastructure/release-stack.js';
import { eventually } from '../../support/eventually.js';
import { openOtlpCollector, type OtlpCollector } from '../../support/otlp-collector.js';
import { openSilentPort } from '../../support/silent-port.js';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';
const ERROR = 2;
const MOST_LINKS = 128;
const MEBIBYTE = 1_048_576;

const referenceOf = (n: number): string => `${n.toString(16).padStart(32, '0')}-${SPAN}`;
const eventOf = (correlationId: string): TracedEvent => ({
  position: '7',
  type: 'MessageSent',
  metadata: { correlationId },
});
const ended = (work: Promise<unknown>): Promise<unknown> => work.catch((error: unknown) => error);

class FoundNobodyError extends Error {
  override readonly name = 'FoundNobodyError';
}

describe('Spans that are sent by OTLP', () => {
  let collector: OtlpCollector;
  let tracing: OtlpTracing;
  let reached: boolean[];
  beforeEach(async () => {
    collector = await openOtlpCollector();
    reached = [];
    tracing = new OtlpTracing({
      endpoint: `${collector.url}/`,
      serviceName: 'tested',
      version: '1',
      onReach: (isReached) => reached.push(isReached),
    });
  });
  afterEach(() => collector.close());

  /** Ends, which sends what was not sent yet, and answers all of it. */
  const sent = async () => {
    await tracing.close();
    return collector.spans;
  };

  it('say of a failure of which class it was, and nothing more of it, in each span that it ended', async () => {
    const failing = tracing.request('HTTP POST', '', () =>
      tracing.part('command', { 'chatapp.command_id': '1' }, () =>
        Promise.reject(new FoundNobodyError('ada@example.org')),
      ),
    );
    expect(await ended(failing)).to.be.instanceOf(FoundNobodyError);
    await ended(tracing.request('HTTP GET', '', () => Promise.reject(new Error('ada@example.org'))));
    await tracing.request('HTTP PUT', '', async () => tracing.note({ told: true }));
    const spans = await sent();
    const shown = spans.map(({ name, attributes, status }) => [name, attributes['error.type'], status?.code]);
    expect(shown).to.deep.equal([
      ['command', 'FoundNobodyError', ERROR],
      ['HTTP POST', 'FoundNobodyError', ERROR],
      ['HTTP GET', 'Error', ERROR],
      ['HTTP PUT', undefined, 0],
    ]);
    expect(spans[3]?.attributes['told']).to.equal('true');
    expect(collector.text()).not.to.include('ada@example.org');
  });

  it('are made of what belongs to a request alone, and named by it as long as it is under way', async () => {
    expect(await tracing.part('command', {}, async () => 'done')).to.equal('done');
    await tracing.batch('project', {}, [eventOf('of-the-client')], async () => undefined);
    await tracing.each('push', [eventOf('of-the-client')], async () => undefined);
    tracing.note({ lost: true });
    expect(tracing.correlationId()).to.equal(undefined);
    const unrecorded = tracing.request('HTTP GET', `00-${TRACE}-${SPAN}-00`, async () => tracing.correlationId());
    expect(await unrecorded).to.equal(undefined);
    const id = await tracing.request('HTTP GET', `00-${TRACE}-${SPAN}-01`, async () => tracing.correlationId());
    const [span, ...others] = await sent();
    expect(id).to.equal(`${TRACE}-${span?.spanId}`);
    expect([span?.traceId, span?.parentSpanId, others]).to.deep.equal([TRACE, SPAN, []]);
  });

  it('link a batch to each request once, and to no more than a span may have', async () => {
    const events = Array.from({ length: 200 }, (_, n) => eventOf(referenceOf(n + 1)));
    await tracing.batch(
      'project',
      {},
      [eventOf(referenceOf(1)), ...events.slice(0, 2), eventOf('-')],
      async () => undefined,
    );
    await tracing.batch('project', {}, events, async () => undefined);
    const links = (await sent()).map(({ links: each = [] }) =>
      each.map(({ traceId, spanId }) => `${traceId}-${spanId}`),
    );
    expect(links[0]).to.deep.equal([referenceOf(1), referenceOf(2)]);
    expect(links[1]).to.have.length(MOST_LINKS);
  });

  it('end with what they tell of, also where it failed', async () => {
    const failure = new Error('the socket is gone');
    const events = [eventOf(`${TRACE}-${SPAN}`), eventOf(referenceOf(1))];
    expect(await ended(tracing.each('push', events, () => Promise.reject(failure)))).to.equal(failure);
    const spans = await sent();
    expect(spans.map(({ traceId, parentSpanId }) => `${traceId}-${parentSpanId}`)).to.deep.equal([
      `${TRACE}-${SPAN}`,
      referenceOf(1),
    ]);
    expect(spans[0]?.attributes).to.deep.include({ 'chatapp.position': '7', 'chatapp.event_type': 'MessageSent' });
    expect(reached).to.deep.equal([]);
  });
});

describe('The reference to a span', () => {
  it('is read from the header of W3C Trace Context, of a later version, too, and from none that is invalid', () => {
    const flagsOf = (header: string) => readTraceparent(header)?.traceFlags;
    expect(readTraceparent(`00-${TRACE}-${SPAN}-01`)).to.include({ traceId: TRACE, spanId: SPAN, isRemote: true });
    expect([
      flagsOf(`00-${TRACE}-${SPAN}-01`),
      flagsOf(`00-${TRACE}-${SPAN}-00`),
      flagsOf(`cc-${TRACE}-${SPAN}-03-more`),
    ]).to.deep.equal([1, 0, 1]);
    for (const header of [
      '',
      `ff-${TRACE}-${SPAN}-01`,
      `00-${'0'.repeat(32)}-${SPAN}-01`,
      `00-${TRACE}-${'0'.repeat(16)}-01`,
      `00-${TRACE.toUpperCase()}-${SPAN}-01`,
      `00-${TRACE}-${SPAN}-01more`,
      `00-${TRACE}-${SPAN}`,
    ])
      expect(readTraceparent(header), header).to.equal(undefined);
  });

  it('is read from a correlation id that is one, and from no other', () => {
    expect(readReference(`${TRACE}-${SPAN}`)).to.include({ traceId: TRACE, spanId: SPAN, traceFlags: 1 });
    for (const id of ['of-the-client', `${TRACE}-${SPAN}-01`, `${'0'.repeat(32)}-${SPAN}`])
      expect(readReference(id), id).to.equal(undefined);
  });
});

describe('A collector of spans', () => {
  let written: string;
  let releases: ReleaseStack;
  beforeEach(() => {
    written = '';
    releases = new ReleaseStack((name, error) => expect.fail(`${name}: ${String(error)}`));
  });

  const tracingTo = (port: number) => {
    const destination = { write: (line: string) => void (written += line) };
    const config = loadConfig({ OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` });
    return openTracing(config, { log: createLogger({ level: 'info', destination }), releases });
  };

  it('is said to be lost once, and to be back once', async () => {
    let isWell = false;
    let asked = 0;
    const server: Server = createServer((_, response) => {
      asked += 1;
      response.writeHead(isWell ? 200 : 400).end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    process.env['OTEL_BSP_SCHEDULE_DELAY'] = '1';
    const tracing = await tracingTo((server.address() as AddressInfo).port);
    delete process.env['OTEL_BSP_SCHEDULE_DELAY'];
    const untilAsked = async (times: number) => {
      for (const until = asked + times; asked < until;)
        await eventually(
          () => tracing.request('HTTP GET', '', async () => asked),
          (count) => count >= until,
        );
    };
    await untilAsked(3);
    isWell = true;
    await untilAsked(3);
    await releases.releaseAll();
    server.close();
    const lines = written
      .split('\n')
      .flatMap((line) => (line === '' ? [] : [(JSON.parse(line) as { msg: string }).msg]));
    expect(lines).to.deep.equal(['spans could not be exported, and are lost', 'spans are exported again']);
  });

  // What it had answered stood in the log, up to 4 MiB of it.
  it('that answers nonsense is told of in a short line, without what it has answered', async () => {
    const server: Server = createServer((_, response) => {
      response.statusMessage = 'x'.repeat(10_000);
      response.writeHead(400).end('nonsense '.repeat(MEBIBYTE / 9));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const tracing = await tracingTo((server.address() as AddressInfo).port);
    await tracing.request('HTTP GET', '', async () => undefined);
    await releases.releaseAll();
    server.close();
    expect(written).to.include('spans could not be exported, and are lost').and.include('"code":400');
    expect(written).not.to.include('nonsense');
    expect(written.length).to.be.below(2_000);
  });

  it('that hangs is waited for no longer than a moment at the end', async () => {
    const silent = await openSilentPort();
    const tracing = await tracingTo(silent.port);
    await tracing.request('HTTP GET', '', async () => undefined);
    expect(await releases.releaseAll()).to.equal(true);
    expect(written).to.include('the last spans could not be exported').and.include('the collector does not answer');
    await silent.close();
  });

  it('that is not named takes nothing', async () => {
    const log = createLogger({ level: 'info' });
    expect(await openTracing(loadConfig({}), { log, releases })).to.have.property('isOn', false);
    expect(await releases.releaseAll()).to.equal(true);
  });
});
