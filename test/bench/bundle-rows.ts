import { setTimeout as sleep } from 'node:timers/promises';
import type { RunningApp } from '../support/app.js';
import type { Row } from './report.js';

const MEBIBYTE = 1_048_576;
const EVENTS = 10_000;
const ASK_AGAIN_MS = 500;
const PENDING = 503;

/** Exports a bundle, and asks again while the log is being indexed. */
const exportOne = async (app: RunningApp, headers: Record<string, string>, query: string) => {
  const startedAt = performance.now();
  for (;;) {
    const response = await fetch(`${app.url}/audit/v1/exports?limit=${EVENTS}&${query}`, { headers });
    let bytes = 0;
    for await (const piece of response.body as unknown as AsyncIterable<Uint8Array>) bytes += piece.length;
    const seconds = (performance.now() - startedAt) / 1_000;
    if (response.status === 200) return { seconds, events: Number(response.headers.get('x-events')), bytes };
    if (response.status !== PENDING) throw new Error(`${query} answered ${response.status}`);
    await sleep(ASK_AGAIN_MS);
  }
};

/** Measures bundles of a range and of a conversation, the first one with the indexes that it needs. */
export const bundleRows = async (
  app: RunningApp,
  headers: Record<string, string>,
  conversationId: string,
): Promise<Row[]> => {
  const rows: Row[] = [];
  for (const [name, query] of [
    ['of a range', 'after=0'],
    ['of a conversation, the log being indexed first', `conversationId=${conversationId}`],
    ['of a conversation, once it is indexed', `conversationId=${conversationId}`],
  ] as const) {
    const { seconds, events, bytes } = await exportOne(app, headers, query);
    rows.push(
      { metric: `a bundle ${name}`, value: events, unit: 'events' },
      { metric: `a bundle ${name}: size`, value: bytes / MEBIBYTE, unit: 'MiB' },
      { metric: `a bundle ${name}: time`, value: seconds, unit: 's' },
    );
  }
  return rows;
};
