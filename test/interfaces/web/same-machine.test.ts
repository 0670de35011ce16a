import { expect } from 'chai';
import { isFromSameMachine, type Asked } from '../../../src/interfaces/web/same-machine.js';

const asked = (headers: Asked['headers'], remoteAddress: string | undefined = '127.0.0.1', httpVersion = '1.1') =>
  isFromSameMachine({ headers, httpVersion, socket: { remoteAddress } });

// Anybody who saw the mailbox could take over every account: ask for a reset, read the mailbox, reset the password, log
// in. It was open to all who reached the port, to pages of other sites by DNS rebinding, and to everybody behind a
// proxy on the same machine.
describe('A request of the same machine', () => {
  for (const host of ['localhost', 'LOCALHOST:3000', '127.0.0.1:3000', '127.0.0.1', '[::1]:3000', '[::1]'])
    it(`may ask for ${host}`, () => expect(asked({ host })).to.equal(true));

  for (const address of ['127.0.0.1', '127.8.9.10', '::1', '::ffff:127.0.0.1'])
    it(`may come from ${address}`, () => expect(asked({ host: 'localhost' }, address)).to.equal(true));

  for (const host of [
    undefined,
    '',
    'rebound.example.org',
    'rebound.example.org:3000',
    'localhost.example.org',
    '127.0.0.1.example.org',
    '192.168.1.5:3000',
    '0.0.0.0:3000',
    '127.0.0.1@example.org',
    'localhost:3000:3000',
    '[::1].example.org',
    '[::2]',
  ])
    it(`is none that asks for ${host}`, () => expect(asked(host === undefined ? {} : { host })).to.equal(false));

  for (const address of [undefined, '', '192.168.1.5', '::ffff:192.168.1.5', '2001:db8::1', '1127.0.0.1'])
    it(`is none that comes from ${address}`, () =>
      expect(
        isFromSameMachine({ headers: { host: 'localhost' }, httpVersion: '1.1', socket: { remoteAddress: address } }),
      ).to.equal(false));

  for (const name of [
    'forwarded',
    'via',
    'x-forwarded',
    'x-forwarded-for',
    'x-forwarded-host',
    'x-forwarded-proto',
    'x-real-ip',
    'x-client-ip',
    'cf-connecting-ip',
    'true-client-ip',
    'x-envoy-external-address',
  ])
    it(`is none that shows a proxy by ${name}`, () => {
      expect(asked({ host: 'localhost', [name]: '127.0.0.1' })).to.equal(false);
      expect(asked({ host: 'localhost', [name]: '' })).to.equal(false);
    });

  it('is none by HTTP/1.0, which nginx speaks to what is behind it', () =>
    expect(asked({ host: 'localhost' }, '127.0.0.1', '1.0')).to.equal(false));
});
