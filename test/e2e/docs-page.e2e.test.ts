import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { startApp, type RunningApp } from '../support/app.js';
import { describeInBrowser } from '../support/browser.js';
import { signUp, type SignedUp } from '../support/signed-up.js';

const PHONE = { width: 360, height: 740 };

describeInBrowser('the page of the API', (browser) => {
  let app: RunningApp;
  let ada: SignedUp;
  let page: Page;
  let complaints: string[];

  before(async function () {
    this.timeout(90_000);
    app = await startApp();
    ada = await signUp(app, 'ada');
  });
  after(() => app.stop());
  beforeEach(async () => {
    page = await browser().newPage({ viewport: PHONE });
    complaints = [];
    page.on('console', (line) => complaints.push(line.text()));
    page.on('pageerror', (error) => complaints.push(String(error)));
    await page.goto(`${app.url}/docs`);
  });
  afterEach(() => page.close());

  const entry = (id: string) => page.locator(`[id="${id}"]`);

  it('is shown without an error, and without anything that its own policy refuses', async () => {
    expect(await page.title()).to.equal('API · ChatApp');
    expect(await page.getByText('/message/v1/send').first().isVisible()).to.equal(true);
    expect(complaints).to.deep.equal([]);
  });

  it('is no wider than a phone, with all of it open', async () => {
    await page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })");
    expect(await page.evaluate('document.documentElement.scrollWidth')).to.equal(PHONE.width);
  });

  it('finds calls and frames by their words', async () => {
    await page.getByLabel('Search calls and frames').fill('message.sent');
    expect(await page.locator('[data-entry]:visible').count()).to.equal(1);
    expect(await entry('server.message.sent').isVisible()).to.equal(true);
    expect(await page.locator('#found').textContent()).to.equal('1 found');
    await page.getByLabel('Search calls and frames').fill('');
    expect(await page.locator('[data-entry]:visible').count()).to.equal(await page.locator('[data-entry]').count());
  });

  it('opens what a link leads to', async () => {
    await page.goto(`${app.url}/docs#get-user-me`);
    await entry('get-user-me').getByRole('button', { name: 'Send' }).waitFor();
  });

  it('is worked with the keyboard, and sends a call with a token that stays in the tab', async () => {
    await page.getByLabel('Access token').fill(ada.accessToken);
    await entry('get-user-me').locator('summary').focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).to.equal('Link to this call');
    await entry('get-user-me').getByRole('button', { name: 'Send' }).focus();
    await page.keyboard.press('Enter');
    await entry('get-user-me').getByText('"username": "ada"').waitFor();
    expect(await entry('get-user-me').locator('form pre').textContent()).to.match(
      /^200 OK\n[^]*content-type: application\/json/,
    );
    await page.reload();
    expect(await page.getByLabel('Access token').inputValue()).to.equal(ada.accessToken);
    expect(await page.evaluate('localStorage.length')).to.equal(0);
  });

  it('uploads a file', async () => {
    await page.getByLabel('Access token').fill(ada.accessToken);
    await page.goto(`${app.url}/docs#post-media`);
    await entry('post-media')
      .getByLabel('File')
      .setInputFiles({ name: 'a.txt', mimeType: 'text/plain', buffer: Buffer.from('words') });
    await entry('post-media').getByRole('button', { name: 'Send' }).click();
    await entry('post-media').getByText('"size": 5').waitFor();
  });

  it('lets the keyboard skip to the content, and is found from there on', async () => {
    const skip = page.getByRole('link', { name: 'Skip to the content' });
    const isInSight = async () => ((await skip.boundingBox())?.x ?? -1) >= 0;
    expect(await isInSight()).to.equal(false);
    await page.keyboard.press('Tab');
    expect(await isInSight()).to.equal(true);
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.id')).to.equal('content');
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).to.equal('OpenAPI 3.1');
  });

  it('shows code as code, without the backticks of the documents', async () => {
    await page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })");
    const texts = await page.locator('main > p, summary, h3 + p').allTextContents();
    expect(texts.filter((text) => text.includes('`'))).to.deep.equal([]);
    expect(await page.locator('main > p code').first().textContent()).to.equal('/ws/');
  });

  it('gives every field a name, and shows where the focus is', async () => {
    expect(await page.locator('main').count()).to.equal(1);
    const nameless =
      "[...document.querySelectorAll('input, textarea')].filter((field) => field.labels.length === 0).length";
    expect(await page.evaluate(nameless)).to.equal(0);
    await page.keyboard.press('Tab');
    expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).to.equal('solid');
  });
});
