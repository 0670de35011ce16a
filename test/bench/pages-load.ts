import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import { markLater } from '../../src/infrastructure/server/mark-later.js';
import { answerOnce } from './answer-once.js';

/** Asks for pages of events, one after another, and answers how long each took. */

const REQUESTS = 1_000;
const WARM_UP = 50;

export interface PagesLoad {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** What each page is called, and the query that asks for it. */
  readonly queries: Readonly<Record<string, string>>;
}

/** The milliseconds of each page by its name, ascending. */
export type PagesTimes = Readonly<Record<string, Float64Array>>;

// By `fetch`, and without this, the garbage collector stood in the way of each sixtieth page for up to 30 ms here, in the client.
markLater();
const agent = new Agent({ keepAlive: true });

const timesOf = async ({ url, headers }: PagesLoad, query: string): Promise<Float64Array> => {
  const times: number[] = [];
  for (let n = 0; n < WARM_UP + REQUESTS; n += 1) {
    const startedAt = performance.now();
    const asked = get(`${url}/audit/v1/events?limit=50&${query}`, { agent, headers });
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    response.resume();
    await once(response, 'end');
    if (response.statusCode !== 200) throw new Error(`${query} answered ${response.statusCode}`);
    if (n >= WARM_UP) times.push(performance.now() - startedAt);
  }
  return Float64Array.from(times).sort();
};

answerOnce(async (load: PagesLoad): Promise<PagesTimes> => {
  const times: Record<string, Float64Array> = {};
  for (const [name, query] of Object.entries(load.queries)) times[name] = await timesOf(load, query);
  return times;
});
