import 'reflect-metadata';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { loadConfig } from '../../src/infrastructure/config.js';
import { examine } from '../../src/infrastructure/doctor/examine.js';
import { backUp, restore } from '../../src/infrastructure/tool/backup.js';
import { copyLog } from '../../src/infrastructure/tool/copy-log.js';
import { openSql } from '../../src/infrastructure/tool/open-sql.js';
import { verifyCertificateFile } from '../../src/infrastructure/tool/verify-certificate.js';
import { verifyBundleFile } from '../../src/infrastructure/tool/verify-bundle.js';
import { openTool } from '../../src/infrastructure/tool/open-tool.js';
import { runCli } from '../../src/interfaces/cli/program.js';
import { built } from './built.js';

export interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

const TIMEOUT_MS = 60_000;

/** Runs the command-line tool as its users do. */
export const chatapp = (env: Readonly<Record<string, string>>, ...args: string[]): Promise<Outcome> =>
  chatappGiven('', env, ...args);

/** Starts it, and answers its process as well. */
export const launchChatapp = async (env: Readonly<Record<string, string>>, ...args: string[]) => {
  await built();
  const child = spawn(process.execPath, ['dist/cli.js', ...args], {
    env: { ...process.env, MONGODB_URL: '', ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: TIMEOUT_MS,
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const ended = once(child, 'close').then((): Outcome => ({ code: child.exitCode, out, err }));
  return { child, ended };
};

/** Runs it with something at its standard input. */
export const chatappGiven = async (
  input: string,
  env: Readonly<Record<string, string>>,
  ...args: string[]
): Promise<Outcome> => {
  const { child, ended } = await launchChatapp(env, ...args);
  child.stdin.end(input);
  return ended;
};

/**
 * Runs a command in the process of the test. It serves tests with many commands, because each new process takes time to
 * load.
 */
export const chatappHere = async (env: Readonly<Record<string, string>>, ...args: string[]): Promise<Outcome> => {
  const all = { ...process.env, MONGODB_URL: '', ...env };
  let [out, err] = ['', ''];
  const code = await runCli(
    {
      open: () => openTool(loadConfig(all)),
      copyLog: (options, onProgress) => copyLog(loadConfig(all), options, onProgress),
      backUp: (options, onProgress) => backUp(loadConfig(all), options, onProgress),
      restore: (options, onProgress) => restore(loadConfig(all), options, onProgress),
      verifyCertificate: verifyCertificateFile,
      verifyBundle: verifyBundleFile,
      examine: () => examine(all),
      openSql: (options) => openSql(loadConfig(all), options),
      terminal: {
        out: (text) => (out += text),
        note: (text) => (err += text),
        isInteractive: false,
        lines: () => Readable.from([]),
      },
      interruptible: (work) => work(new AbortController().signal),
      version: 'of a test',
    },
    args,
  );
  return { code, out, err };
};
