import axe from 'axe-core';
import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { startApp, type RunningApp } from '../support/app.js';
import { describeInBrowser } from '../support/browser.js';

const PAGES = ['/docs', '/docs/errors', '/verify-email?token=t', '/password-reset?token=t', '/dev/mailbox'];
/** Colours are the same on each screen, and all else is the same in each scheme. */
const SHOWN = [
  { on: 'a phone', viewport: { width: 360, height: 740 }, colorScheme: 'light', rules: undefined },
  { on: 'a desktop', viewport: { width: 1280, height: 900 }, colorScheme: 'light', rules: undefined },
  { on: 'a dark desktop', viewport: { width: 1280, height: 900 }, colorScheme: 'dark', rules: ['color-contrast'] },
] as const;

/** Where an element lies is not looked up: nothing shows it, and on long pages it takes an eighth of the time. */
const OPTIONS = { resultTypes: ['violations'], selectors: false };

/** Looks for what hinders people who see little or nothing, contrasts included, with everything on the page open. */
const check = (rules: readonly string[] | undefined) => `
  document.querySelectorAll('details').forEach((each) => { each.open = true; });
  axe.run(${JSON.stringify({ ...OPTIONS, ...(rules && { runOnly: rules }) })}).then(({ passes, violations }) => ({
    passed: passes.map(({ id }) => id),
    faults: violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => id + ': ' + html.slice(0, 150) + ' ' + failureSummary)),
  }))`;

describeInBrowser('the pages, for everybody', (browser) => {
  let app: RunningApp;
  let page: Page;
  before(async function () {
    this.timeout(90_000);
    app = await startApp();
    page = await browser().newPage();
  });
  after(async () => {
    await page.close();
    await app.stop();
  });

  for (const path of PAGES)
    for (const { on, viewport, colorScheme, rules } of SHOWN)
      it(`${path} hinders nobody on ${on}`, async function () {
        this.timeout(60_000);
        await page.setViewportSize(viewport);
        await page.emulateMedia({ colorScheme });
        await page.goto(app.url + path);
        await page.evaluate(axe.source);
        const { passed, faults } = await page.evaluate<{ passed: string[]; faults: string[] }>(check(rules));
        expect(passed).to.include('color-contrast');
        expect(faults).to.deep.equal([]);
      });
});
