import { InterfaceRefusal } from '../failure.js';
import { begun } from './begun.js';
import { byteRangeOf, type ByteRange } from './byte-range.js';
import type { RouteAnswer } from './route.js';

/** The headers by which a client asks for a part of a content, or for what it does not have yet. */
export interface ContentRequest {
  readonly range?: string | undefined;
  readonly 'if-none-match'?: string | undefined;
  readonly 'if-range'?: string | undefined;
}

/** A content that never changes. */
export interface Content {
  readonly size: number;
  readonly etag: string;
  readonly headers: Readonly<Record<string, string>>;
  read(start: number, end: number): AsyncIterable<Uint8Array>;
}

const isKnown = ({ 'if-none-match': known }: ContentRequest, etag: string): boolean =>
  known?.split(',').some((each) => ['*', etag, `W/${etag}`].includes(each.trim())) ?? false;

/** Answers the range that the client asks for; where its part is of another content, it gets the whole. */
const wantedRange = (asked: ContentRequest, { size, etag }: Content): ByteRange | 'none' | 'unsatisfiable' =>
  asked['if-range'] === undefined || asked['if-range'] === etag ? byteRangeOf(asked.range, size) : 'none';

/** Answers the content, the part of it that is asked for, or that the client has it already. */
export const serveContent = async (content: Content, asked: ContentRequest): Promise<RouteAnswer> => {
  const { size, etag, read } = content;
  const headers = { ...content.headers, ETag: etag, 'Accept-Ranges': 'bytes' };
  if (isKnown(asked, etag)) return { status: 304, download: { headers, content: null } };
  const range = wantedRange(asked, content);
  if (range === 'unsatisfiable')
    throw new InterfaceRefusal('range_not_satisfiable', { 'Content-Range': `bytes */${size}` });
  const { start, end } = range === 'none' ? { start: 0, end: size } : range;
  const part = range === 'none' ? {} : { 'Content-Range': `bytes ${start}-${end - 1}/${size}` };
  return {
    status: range === 'none' ? 200 : 206,
    download: {
      headers: { ...headers, ...part, 'Content-Length': String(end - start) },
      content: await begun(read(start, end)),
    },
  };
};
