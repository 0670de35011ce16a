import { expect } from 'chai';
import { createMediaLinks, MEDIA_LINK_SECONDS } from '../../../src/infrastructure/security/media-links.js';
import { at, ada, bob, mediaNumber, sessionNumber } from '../../support/ids.js';

const HOUR = 3_600;
const claims = { userId: ada, sessionId: sessionNumber(7), epoch: 3 };
const file = mediaNumber(1);

/** Signs links at so many seconds after an hour has begun. */
const linksAt = (seconds: number, ...secrets: string[]) =>
  createMediaLinks(['the newest secret', ...secrets], () => at(seconds));
const links = linksAt(0);
const signed = links.signFor(claims)(file);

describe('Links to files', () => {
  it('say whose session they were signed for', () => {
    for (const part of ['content', 'thumbnail'] as const)
      expect(links.open(signed[part], file, part)).to.deep.equal({ claims, hasExpired: false });
  });

  it('are all as long as each other, and fit into an address as they are', () => {
    const others = [mediaNumber(2), mediaNumber(3)].map((each) => links.signFor({ ...claims, epoch: 0 })(each));
    for (const token of [signed, ...others].flatMap((each) => [each.content, each.thumbnail]))
      expect(token)
        .to.match(/^[\w-]+$/)
        .and.to.have.lengthOf(links.tokenLength);
  });

  it('lead to their part of their file alone', () => {
    expect(links.open(signed.content, file, 'thumbnail')).to.equal(undefined);
    expect(links.open(signed.thumbnail, file, 'content')).to.equal(undefined);
    expect(links.open(signed.content, mediaNumber(2), 'content')).to.equal(undefined);
    expect(links.open(signed.content, 'no id', 'content')).to.equal(undefined);
  });

  it('are refused where a bit is another, a byte is missing or one is too many', () => {
    const bytes = Buffer.from(signed.content, 'base64url');
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const changed = Buffer.from(bytes);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(links.open(changed.toString('base64url'), file, 'content'), `bit ${bit}`).to.equal(undefined);
    }
    for (const text of [
      '',
      signed.content.slice(1),
      signed.content.slice(0, -1),
      `${signed.content}A`,
      `${signed.content}=`,
    ])
      expect(links.open(text, file, 'content'), text).to.equal(undefined);
  });

  it('are written in one way alone', () => {
    const last = signed.content.at(-1) ?? '';
    const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const other = digits[digits.indexOf(last) ^ 1] ?? '';
    const again = signed.content.slice(0, -1) + other;
    expect(Buffer.from(again, 'base64url')).to.deep.equal(Buffer.from(signed.content, 'base64url'));
    expect(links.open(again, file, 'content')).to.equal(undefined);
  });

  it('differ between sessions and users', () => {
    const others = [
      { ...claims, userId: bob },
      { ...claims, sessionId: sessionNumber(8) },
      { ...claims, epoch: 4 },
    ];
    const tokens = others.map((each) => links.signFor(each)(file).content);
    expect(new Set([signed.content, ...tokens]).size).to.equal(4);
  });

  it('stay the same for an hour, and are good for an hour at least', () => {
    const signedAt = (seconds: number) => linksAt(seconds).signFor(claims)(file).content;
    expect(signedAt(HOUR - 1)).to.equal(signed.content);
    expect(signedAt(HOUR)).not.to.equal(signed.content);
    const hasExpired = (seconds: number) => linksAt(seconds).open(signedAt(HOUR - 1), file, 'content')?.hasExpired;
    expect([hasExpired(2 * HOUR - 1), hasExpired(2 * HOUR)]).to.deep.equal([false, true]);
    expect(MEDIA_LINK_SECONDS).to.equal(2 * HOUR);
  });

  it('are taken while secrets are changed, and signed with the newest', () => {
    const older = createMediaLinks(['an older secret'], () => at(0));
    const token = older.signFor(claims)(file).content;
    expect(links.open(token, file, 'content')).to.equal(undefined);
    const changing = linksAt(0, 'an older secret', 'the next secret');
    expect(changing.open(token, file, 'content')?.claims).to.deep.equal(claims);
    expect(changing.signFor(claims)(file)).to.deep.equal(signed);
  });
});
