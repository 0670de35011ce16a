import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { request, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { expect } from 'chai';
import { verifyBundleFile } from '../../src/infrastructure/tool/verify-bundle.js';
import type { BundleVerified } from '../../src/interfaces/cli/tool.js';
import type { RunningApp } from './app.js';
import { auditing } from './audit-calls.js';
import { hasPython, saidByPython } from './python-verifier.js';
import { eventually } from './eventually.js';
import type { SignedUp } from './signed-up.js';
import { unzipped } from './unzipped.js';

export interface Exported {
  readonly headers: Headers;
  readonly bytes: Buffer;
  /** The texts of its parts, by name. */
  readonly parts: ReadonlyMap<string, string>;
}

const REASON = { 'x-audit-reason': 'Complaint 2026-17' };

/** Answers the key of the log, as an auditor has noted it down before. */
export const logKeyOf = async (app: RunningApp, auditor: SignedUp): Promise<string> => {
  const { body } = await auditing(app, auditor)('GET', '/key');
  return (body['keys'] as { verifierKey: string }[]).at(-1)?.verifierKey ?? '';
};

/** Asks for a bundle, and reads it whole. */
export const exported = async (
  app: RunningApp,
  { accessToken }: SignedUp,
  query: string,
  more: Readonly<Record<string, string>> = {},
): Promise<Exported> => {
  const headers = { authorization: `Bearer ${accessToken}`, ...REASON, ...more };
  // What is new may have no proof yet, as every client has to expect: then they ask again.
  const response = await eventually(
    () => fetch(`${app.url}/audit/v1/exports?${query}`, { headers }),
    ({ status }) => status !== 503,
  );
  const bytes = Buffer.from(await response.arrayBuffer());
  expect(response.status, bytes.toString()).to.equal(200);
  expect(response.headers.get('content-type')).to.equal('application/zip');
  return { headers: response.headers, bytes, parts: await unzipped(bytes) };
};

/** Answers the query of the part that follows on one; undefined behind the last. */
export const nextPart = ({ headers }: Pick<Exported, 'headers'>): string | undefined =>
  /^<\/audit\/v1\/exports\?(.+)>; rel="next"$/.exec(headers.get('link') ?? '')?.[1];

/** Begins to ask for a bundle, and leaves it to the test to read it. */
export const beginExport = async (app: RunningApp, { accessToken }: SignedUp, query: string) => {
  const headers = { authorization: `Bearer ${accessToken}`, ...REASON };
  const asked = request(`${app.url}/audit/v1/exports?${query}`, { headers });
  asked.end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  response.on('error', () => undefined); // it is told by `complete`
  return response;
};

/** Verifies a bundle offline, by both verifiers, which must be of one mind. */
export const verifyBoth = async (
  folder: string,
  verifierKey: string,
  { bytes }: Pick<Exported, 'bytes'>,
): Promise<BundleVerified> => {
  const path = join(folder, 'bundle.zip');
  await writeFile(path, bytes);
  const verified = await verifyBundleFile(path, { keys: [verifierKey], witnesses: [] });
  if (hasPython()) {
    const [said] = saidByPython(verifierKey, [path]);
    expect(said).to.include(`verified: ${verified.events} events are in the log of ${verified.size}`);
  }
  return verified;
};

/** Answers the lines of a part. */
export const linesIn = ({ parts }: Pick<Exported, 'parts'>, name: string): Record<string, unknown>[] =>
  (parts.get(name) ?? '')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
