import { parseNatsUrl } from '../../src/infrastructure/nats/nats-address.js';
import { openNats } from '../../src/infrastructure/nats/open-nats.js';
import { NatsSignals } from '../../src/infrastructure/signals/nats-signals.js';
import { listenTo } from '../contracts/signals.js';
import { eventually } from './eventually.js';
import { startNats, type NatsServer, type NatsServerOptions } from './nats.js';

/** The subject on which the nodes of tests speak. */
export const SUBJECT = 'test.signals';

interface Logged {
  readonly level: string;
  readonly message: string;
  readonly err?: Error;
}

interface NodeOptions {
  readonly caFile?: string;
  readonly subject?: string;
}

/** Makes a node at these servers, which remembers what it has logged, lost, and told its listeners. */
export const nodeAt = (url: string, { caFile, subject = SUBJECT }: NodeOptions = {}) => {
  const logged: Logged[] = [];
  const told = { missed: 0, lost: 0, alive: 0 };
  const write =
    (level: string) =>
    (fields: object, message: string): void =>
      void logged.push({ level, message, ...fields });
  const signals = new NatsSignals({
    connect: () => openNats({ ...parseNatsUrl(url), caFile }),
    subject,
    log: { info: write('info'), warn: write('warn'), error: write('error') },
    onLost: (count) => (told.lost += count),
    alive: () => (told.alive += 1),
  });
  signals.onMissed(() => (told.missed += 1));
  return { signals, logged, told };
};

export type TestNode = ReturnType<typeof nodeAt>;

/** The beginnings of the messages that a node has logged. */
export const messages = ({ logged }: TestNode) => logged.map(({ message }) => message.split(':')[0]);
/** What a node has logged as errors. */
export const reasons = ({ logged }: TestNode) => logged.flatMap(({ err }) => (err === undefined ? [] : String(err)));

/** Servers and nodes that are stopped after each test. */
export const natsScene = () => {
  const opened: { stop(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const each of opened.splice(0).reverse()) await each.stop();
  });

  const serve = async (options?: NatsServerOptions): Promise<NatsServer> => {
    const server = await startNats(options);
    opened.push(server);
    return server;
  };
  const joined = async (url: string, options?: NodeOptions): Promise<TestNode> => {
    const node = nodeAt(url, options);
    await node.signals.open();
    opened.push({ stop: () => node.signals.close() });
    return node;
  };
  /** Resolves once what one node publishes reaches another. */
  const untilHeard = async (from: TestNode, to: TestNode, text: string) => {
    const news = listenTo(to.signals, text);
    await eventually(
      async () => {
        from.signals.publish(text, {});
        return news.heard.length;
      },
      (count) => count > 0,
    );
    news.stop();
  };
  const refusalsOf = async (url: string, options?: NodeOptions): Promise<string> =>
    reasons(await joined(url, options)).join();
  return { serve, joined, untilHeard, refusalsOf };
};
