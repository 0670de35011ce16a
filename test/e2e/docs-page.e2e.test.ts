import { expect } from 'chai';
import { startApp, type RunningApp } from '../support/app.js';
import { describeInBrowser } from '../support/browser.js';

describeInBrowser('the page of the API', (browser) => {
  let app: RunningApp;

  before(async function () {
    this.timeout(90_000);
    app = await startApp();
  });
  after(() => app.stop());

  it('is shown without an error, and without anything that its own policy refuses', async () => {
    const page = await browser().newPage();
    const complaints: string[] = [];
    page.on('console', (line) => complaints.push(line.text()));
    page.on('pageerror', (error) => complaints.push(String(error)));
    await page.goto(`${app.url}/docs`);
    expect(await page.title()).to.equal('API · ChatApp');
    expect(await page.getByText('/message/v1/send').first().isVisible()).to.equal(true);
    expect(complaints).to.deep.equal([]);
    await page.close();
  });
});
