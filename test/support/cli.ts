import { spawn } from 'node:child_process';
import { once } from 'node:events';

export interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

const TIMEOUT_MS = 60_000;

/** Runs the command-line tool as its users do. */
export const chatapp = (env: Readonly<Record<string, string>>, ...args: string[]): Promise<Outcome> =>
  chatappGiven('', env, ...args);

/** Runs it with something at its standard input. */
export const chatappGiven = async (
  input: string,
  env: Readonly<Record<string, string>>,
  ...args: string[]
): Promise<Outcome> => {
  const child = spawn(process.execPath, ['--import', 'tsx', 'src/cli.ts', ...args], {
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: TIMEOUT_MS,
  });
  child.stdin.end(input);
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  await once(child, 'close');
  return { code: child.exitCode, out, err };
};
