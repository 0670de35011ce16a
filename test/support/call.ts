import { expect } from 'chai';
import { eventually } from './eventually.js';
import type { Target } from './target.js';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** It is empty unless the answer is a JSON object. */
  readonly body: Readonly<Record<string, unknown>>;
}

export interface Call {
  readonly token?: string;
  readonly json?: unknown;
  /** These bytes are sent unchanged in place of `json`. */
  readonly raw?: string | Uint8Array<ArrayBuffer>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** No answer may show where the code is, what the database said or what only the server knows. */
const LEAKS = [
  /\\n\s+at |\n\s+at /,
  /node_modules|\.[tj]s\b:\d/,
  /"stack"/,
  /\$2[aby]\$\d\d\$/,
  /violates .* constraint|duplicate key value|relation "|syntax error at or near|invalid byte sequence/,
];

export const expectNoLeak = (target: Target, text: string): void => {
  const leak =
    LEAKS.find((pattern) => pattern.test(text)) ??
    [target.jwtSecret, target.masterKey, process.cwd()].find((secret) => text.includes(secret));
  if (leak !== undefined) expect.fail(`${leak} is in ${text}`);
};

const objectIn = (text: string): Record<string, unknown> => {
  if (!text.startsWith('{')) return {};
  return JSON.parse(text) as Record<string, unknown>;
};

const askedOnce = async (target: Target, method: string, path: string, request: Call): Promise<Answer> => {
  const { token, json, raw, headers } = request;
  const body = raw ?? (json === undefined ? undefined : JSON.stringify(json));
  const response = await fetch(target.url + path, {
    method,
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...headers,
    },
    ...(body === undefined ? {} : { body }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: objectIn(text) };
};

/** What a query is refused with where a read model, or a proof, is a moment behind what is new: every client has to ask again. */
const ASK_AGAIN: readonly unknown[] = ['projection_lagging', 'proof_pending'];

/**
 * Calls the app. Fails when the answer blames the server or leaks something, whatever was sent. A query is asked again where the
 * server says so.
 */
export const call = async (target: Target, method: string, path: string, request: Call = {}): Promise<Answer> => {
  const ask = () => askedOnce(target, method, path, request);
  const answer = await (method === 'GET' ? eventually(ask, ({ body }) => !ASK_AGAIN.includes(body['code'])) : ask());
  expect(answer.status, `${method} ${path}: ${answer.text}`).to.be.below(500);
  expectNoLeak(target, answer.text);
  return answer;
};

/** Expects a refusal in the form of the contract. */
export const expectProblem = (answer: Answer, status: number, code: string): void => {
  expect({ status: answer.status, code: answer.body['code'] }, answer.text).to.deep.equal({ status, code });
  expect(answer.headers.get('content-type')).to.match(/^application\/problem\+json\b/);
  expect(answer.body).to.include({ status });
  for (const field of ['type', 'title', 'detail', 'requestId']) expect(answer.body, field).to.have.property(field);
};
