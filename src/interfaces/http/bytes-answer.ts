import type { RouteAnswer } from './route.js';

interface Served {
  readonly contentType: string;
  /** Whether it never changes: then whoever has it need not ask again. */
  readonly isFinal?: boolean;
}

const YEAR_SECONDS = 31_536_000;

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** Answers bytes, or a text in UTF-8, as they are. */
export const bytesAnswer = (content: Uint8Array | string, { contentType, isFinal = false }: Served): RouteAnswer => {
  const bytes = Buffer.from(content);
  const headers = { 'Content-Type': contentType, 'Content-Length': String(bytes.length) };
  const caching = isFinal ? { 'Cache-Control': `private, max-age=${YEAR_SECONDS}, immutable` } : {};
  return { download: { headers: { ...headers, ...caching }, content: once(bytes) } };
};
