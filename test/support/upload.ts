import { expect } from 'chai';
import { call } from './call.js';
import type { SignedUp } from './signed-up.js';
import type { Target } from './target.js';

const BOUNDARY = '----what-no-file-has-in-it';

/** A part of a form. */
export interface Part {
  readonly content: Uint8Array | string;
  readonly field?: string;
  /** The name as the header holds it, so escaped where needed. */
  readonly fileName?: string;
}

/** Makes a form of these parts, as a browser sends it. */
export const formOf = (...parts: readonly Part[]) => {
  const bytes = parts.flatMap(({ content, field = 'file', fileName }) => {
    const name = fileName === undefined ? '' : `; filename="${fileName}"`;
    const head = `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${field}"${name}\r\n\r\n`;
    return [Buffer.from(head), Buffer.from(content), Buffer.from('\r\n')];
  });
  return {
    raw: new Uint8Array(Buffer.concat([...bytes, Buffer.from(`--${BOUNDARY}--\r\n`)])),
    headers: { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` },
  };
};

/** The answer to an upload. */
export interface Uploaded {
  readonly mediaId: string;
  readonly contentType: string;
  readonly size: number;
  readonly sha256: string;
  readonly width?: number;
  readonly height?: number;
}

export const upload = async (
  target: Target,
  { accessToken: token }: Pick<SignedUp, 'accessToken'>,
  content: Uint8Array | string,
  fileName = 'file.bin',
): Promise<Uploaded> => {
  const answer = await call(target, 'POST', '/media/v1', { token, ...formOf({ content, fileName }) });
  expect(answer.status, answer.text).to.equal(201);
  return answer.body as unknown as Uploaded;
};

/** Requests a file, or one of its previews. */
export const download = async (
  target: Target,
  { accessToken }: Pick<SignedUp, 'accessToken'>,
  path: string,
  headers: Readonly<Record<string, string>> = {},
) => {
  const response = await fetch(`${target.url}/media/v1/${path}`, {
    headers: { authorization: `Bearer ${accessToken}`, ...headers },
  });
  return { status: response.status, headers: response.headers, bytes: Buffer.from(await response.arrayBuffer()) };
};
