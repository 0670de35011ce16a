import { request, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { eventually } from './eventually.js';

/** An answer of lines of JSON that is being read. */
export interface LineReader {
  readonly status: number;
  readonly contentType: string | undefined;
  /** The lines that have come, without empty ones. */
  readonly lines: readonly Readonly<Record<string, unknown>>[];
  /** Waits for a line, and answers it. */
  line(isWanted: (line: Readonly<Record<string, unknown>>) => boolean): Promise<Readonly<Record<string, unknown>>>;
  /** Waits for the end: `whole`, or `cut off` where the connection was closed before it. */
  ended(): Promise<'whole' | 'cut off'>;
  pause(): void;
  resume(): void;
  /** Breaks off. */
  leave(): void;
}

/** Asks for lines of JSON, and reads them as they come. */
export const readLines = async (url: string, headers: Readonly<Record<string, string>>): Promise<LineReader> => {
  const asked = request(url, { headers: { accept: 'application/x-ndjson', ...headers } });
  asked.end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  const lines: Record<string, unknown>[] = [];
  let rest = '';
  response.setEncoding('utf8');
  response.on('data', (text: string) => {
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    for (const part of parts) if (part !== '') lines.push(JSON.parse(part) as Record<string, unknown>);
  });
  response.on('error', () => undefined); // it is told by `ended`
  return {
    status: response.statusCode ?? 0,
    contentType: response.headers['content-type'],
    lines,
    line: async (isWanted) => {
      const found = await eventually(
        async () => lines.find(isWanted),
        (line) => line !== undefined,
      );
      return found ?? {};
    },
    ended: async () => {
      await eventually(
        async () => response.closed,
        (isClosed) => isClosed,
      );
      return response.complete ? 'whole' : 'cut off';
    },
    pause: () => void response.pause(),
    resume: () => void response.resume(),
    leave: () => void response.destroy(),
  };
};
