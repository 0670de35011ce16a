import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-background-networking'];
const START_TIMEOUT_MS = 60_000;

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false; // The next folder of the path may have it.
  }
};

/** Answers where Chromium is: as `CHROMIUM` says, or on the path. */
const findBrowser = (): string | undefined => {
  const { CHROMIUM, PATH = '' } = process.env;
  const folders = PATH.split(delimiter);
  const onPath = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  return (CHROMIUM === undefined ? onPath : [CHROMIUM]).find(isExecutable);
};

/**
 * Describes what happens in a real Chromium, which is started once for all of these tests. Where there is none, they are
 * pending, and say what they wait for.
 */
export const describeInBrowser = (title: string, tests: (browser: () => Browser) => void): void => {
  const executablePath = findBrowser();
  if (executablePath === undefined) {
    describe(title, () => it('waits for a Chromium on the path, or named by CHROMIUM'));
    return;
  }
  describe(title, () => {
    let browser: Browser | undefined;

    before(async function () {
      this.timeout(START_TIMEOUT_MS);
      browser = await chromium.launch({ executablePath, args: FLAGS, timeout: START_TIMEOUT_MS });
    });
    after(() => browser?.close());

    tests(() => {
      if (!browser) throw new Error('the browser is started before the first test');
      return browser;
    });
  });
};
