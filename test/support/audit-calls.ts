import { expect } from 'chai';
import type { RunningApp } from './app.js';
import { call, type Call } from './call.js';
import { chatappHere } from './cli.js';
import type { SignedUp } from './signed-up.js';

/** The environment of the tool beside an app. */
export const toolEnvironment = ({
  databaseUrl = '',
  jwtSecret,
  masterKey,
  dataDir,
  logUrl = '',
  mongoUrl = '',
}: RunningApp): Record<string, string> => ({
  DATABASE_URL: databaseUrl,
  JWT_SECRET: jwtSecret,
  MASTER_KEY: masterKey,
  DATA_DIR: dataDir,
  KURRENTDB_URL: logUrl,
  MONGODB_URL: mongoUrl,
});

/** Makes users auditors. */
export const makeAuditors = async (app: RunningApp, ...users: readonly Pick<SignedUp, 'username'>[]): Promise<void> => {
  for (const { username } of users)
    expect(await chatappHere(toolEnvironment(app), 'users', 'grant', username, 'auditor')).to.include({ code: 0 });
};

/** Calls as an auditor, with a reason. */
export const auditing =
  (app: RunningApp, { accessToken: token }: SignedUp, reason = 'Complaint 2026-17') =>
  (method: string, path: string, { headers = {}, ...more }: Call = {}) =>
    call(app, method, `/audit/v1${path}`, { token, headers: { 'x-audit-reason': reason, ...headers }, ...more });
