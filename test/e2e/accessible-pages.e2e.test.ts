import axe from 'axe-core';
import { expect } from 'chai';
import { startApp, type RunningApp } from '../support/app.js';
import { describeInBrowser } from '../support/browser.js';

const PAGES = ['/docs', '/docs/errors', '/verify-email?token=t', '/password-reset?token=t', '/dev/mailbox'];
const SIZES = { phone: { width: 360, height: 740 }, desktop: { width: 1280, height: 900 } };
const SCHEMES = ['light', 'dark'] as const;

/** Looks for what hinders people who see little or nothing, contrasts included, with everything on the page open. */
const CHECK = `
  document.querySelectorAll('details').forEach((each) => { each.open = true; });
  axe.run().then(({ passes, violations }) => ({
    passed: passes.map(({ id }) => id),
    faults: violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => id + ': ' + html.slice(0, 150) + ' ' + failureSummary)),
  }))`;

describeInBrowser('the pages, for everybody', (browser) => {
  let app: RunningApp;
  before(async function () {
    this.timeout(90_000);
    app = await startApp();
  });
  after(() => app.stop());

  for (const path of PAGES)
    for (const [size, viewport] of Object.entries(SIZES))
      for (const colorScheme of SCHEMES)
        it(`${path} hinders nobody on a ${size}, ${colorScheme}`, async function () {
          this.timeout(60_000);
          const page = await browser().newPage({ viewport, colorScheme });
          await page.goto(app.url + path);
          await page.evaluate(axe.source);
          const { passed, faults } = await page.evaluate<{ passed: string[]; faults: string[] }>(CHECK);
          expect(passed).to.include('color-contrast');
          expect(faults).to.deep.equal([]);
          await page.close();
        });
});
