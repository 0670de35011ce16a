import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('../../docs/audit/', import.meta.url));

/** Verifies many bundles in one process, and answers what is said of each. */
const IN_ONE_PROCESS = `
import json, sys
sys.dont_write_bytecode = True
sys.path.insert(0, sys.argv[1])
import verify
def said(path):
    try:
        return "verified: " + verify.verify(path, sys.argv[2])
    except Exception as error:
        return "not verified: " + (str(error) or type(error).__name__)
print(json.dumps([said(path) for path in sys.argv[3:]]))
`;

const asked = (program: string, ...args: readonly string[]): string =>
  execFileSync(program, ['-c', ...args], { encoding: 'utf8' });

let found: { readonly path: string | undefined } | undefined;

/** Answers where Python itself is: a `python3` on the path may be a script that looks for it each time, for longer than it then runs. */
const python = (): string | undefined => {
  if (found) return found.path;
  try {
    found = { path: asked('python3', 'import sys; print(sys.executable)').trim() };
  } catch {
    found = { path: undefined };
  }
  return found.path;
};

export const hasPython = (): boolean => python() !== undefined;

/** Answers what the verifier in Python says of bundles. */
export const saidByPython = (verifierKey: string, paths: readonly string[]): string[] =>
  JSON.parse(asked(python() ?? 'python3', IN_ONE_PROCESS, FOLDER, verifierKey, ...paths)) as string[];
