import { expect } from 'chai';
import { emailKey } from '../../../src/domain/users/email.js';
import { USERNAME_PATTERN, usernameKey } from '../../../src/domain/users/username.js';

describe('names', () => {
  it('are the same username in any case', () => expect(usernameKey('Ada.L')).to.equal(usernameKey('aDA.l')));
  it('are claimed in lower case: the claims in the log are of that spelling', () => {
    expect(usernameKey('Ada.L')).to.equal('ada.l');
    expect(emailKey(' Ada@Example.ORG ')).to.equal('ada@example.org');
  });
  it('are other usernames when a letter differs', () => expect(usernameKey('ada')).not.to.equal(usernameKey('adä')));
  it('are the same address in any case and with blanks around', () =>
    expect(emailKey(' Ada@Example.ORG ')).to.equal(emailKey('ada@example.org')));

  for (const good of ['ada', 'A_d-a.1', 'x'.repeat(32)])
    it(`may be "${good}"`, () => expect(good).to.match(USERNAME_PATTERN));
  for (const bad of ['ad', 'x'.repeat(33), 'a da', 'ada\n', 'adä', 'ada@home', ''])
    it(`may not be ${JSON.stringify(bad)}`, () => expect(bad).not.to.match(USERNAME_PATTERN));
});
