import type { RunningApp } from './app.js';
import type { SignedUp } from './signed-up.js';
import { unzipped } from './unzipped.js';

export interface ToldAudit {
  readonly call: string;
  readonly reason: string;
  readonly auditorId: string;
}

/** Answers what a user's own export tells of auditors. */
export const ownAuditsOf = async (
  { url }: Pick<RunningApp, 'url'>,
  { accessToken }: Pick<SignedUp, 'accessToken'>,
): Promise<readonly ToldAudit[]> => {
  const response = await fetch(`${url}/user/v1/me/export`, { headers: { authorization: `Bearer ${accessToken}` } });
  const files = await unzipped(Buffer.from(await response.arrayBuffer()));
  return JSON.parse(files.get('audits.json') ?? '[]') as readonly ToldAudit[];
};
