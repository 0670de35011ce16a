import { expect } from 'chai';
import { NatsAddressError, parseNatsUrl } from '../../../src/infrastructure/nats/nats-address.js';

describe('The address of NATS', () => {
  it('is one server or several, on the usual port where none is named', () => {
    expect(parseNatsUrl('nats://a.example')).to.deep.equal({
      servers: ['nats://a.example:4222'],
      isSecure: false,
      credentials: {},
    });
    expect(parseNatsUrl('tls://a.example:1, tls://[::1]:2/').servers).to.deep.equal([
      'tls://a.example:1',
      'tls://[::1]:2',
    ]);
    expect(parseNatsUrl('tls://a.example').isSecure).to.equal(true);
  });

  it('has a token, or a user and a password, which one server may name for all', () => {
    expect(parseNatsUrl('nats://s%2Ccret@a,nats://b').credentials).to.deep.equal({ token: 's,cret' });
    const { credentials, servers } = parseNatsUrl('nats://ada:p%40ss@a,nats://ada:p%40ss@b');
    expect(credentials).to.deep.equal({ user: 'ada', pass: 'p@ss' });
    expect(servers.join()).not.to.contain('ada');
  });

  for (const [text, fault] of [
    ['', /begin with nats/],
    ['a.example:4222', /begin with nats/],
    ['http://a', /begin with nats/],
    ['nats://', /begin with nats/],
    ['nats://a,', /begin with nats/],
    ['nats://a/path', /nothing follows/],
    ['nats://a?tls=true', /nothing follows/],
    ['nats://a,tls://b', /either/],
    ['nats://one@a,nats://other@b', /same credentials/],
    ['nats://%ff@a', /decoded/],
  ] as const)
    it(`is refused: ${text}`, () => expect(() => parseNatsUrl(text)).to.throw(NatsAddressError, fault));
});
