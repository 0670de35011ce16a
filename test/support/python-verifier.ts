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

export const hasPython = (): boolean => {
  try {
    execFileSync('python3', ['--version']);
    return true;
  } catch {
    return false;
  }
};

/** Answers what the verifier in Python says of bundles. */
export const saidByPython = (verifierKey: string, paths: readonly string[]): string[] =>
  JSON.parse(
    execFileSync('python3', ['-c', IN_ONE_PROCESS, FOLDER, verifierKey, ...paths], { encoding: 'utf8' }),
  ) as string[];
