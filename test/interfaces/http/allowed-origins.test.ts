import { expect } from 'chai';
import { allowedOrigins } from '../../../src/interfaces/http/allowed-origins.js';

describe('The origins of clients', () => {
  const origins = allowedOrigins('https://chat.example.org/app', ['https://web.example.org', 'http://localhost:5173']);

  it('that may use the cookie are that of the server and those that are named', () => {
    const taken = (origin: string) => origins.takesCookieOf(origin);
    expect(
      ['https://chat.example.org', 'https://web.example.org', 'http://localhost:5173'].filter(taken),
    ).to.have.lengthOf(3);
    const others = [
      ...['http://chat.example.org', 'https://chat.example.org:8443', 'https://chat.example.org.evil.example'],
      ...[
        'https://evil.example',
        'https://example.org',
        'null',
        '',
        'https://chat.example.org/',
        '*',
        'http://127.0.0.1:5173',
      ],
    ];
    expect(others.filter(taken)).to.deep.equal([]);
  });

  it('that may read answers and send the cookie from elsewhere are those that are named', () => {
    expect(origins.readableBy('https://web.example.org')).to.equal('https://web.example.org');
    expect(origins.sharesCookieWith('https://web.example.org')).to.equal(true);
    for (const origin of ['https://evil.example', '', 'null']) {
      expect(origins.readableBy(origin)).to.equal('');
      expect(origins.sharesCookieWith(origin)).to.equal(false);
    }
  });

  it('may all read answers where every page may, and use no cookie by that', () => {
    const open = allowedOrigins('https://chat.example.org', ['*']);
    expect(open.readableBy('https://evil.example')).to.equal('*');
    for (const origin of ['https://evil.example', '*', '']) {
      expect(open.sharesCookieWith(origin)).to.equal(false);
      expect(open.takesCookieOf(origin)).to.equal(false);
    }
  });

  it('of this machine are one, by whatever name, on the same port', () => {
    const local = allowedOrigins('http://127.0.0.1:3000', []);
    expect(local.takesCookieOf('http://localhost:3000')).to.equal(true);
    expect(local.takesCookieOf('http://localhost:3001')).to.equal(false);
    expect(local.takesCookieOf('https://localhost:3000')).to.equal(false);
  });
});
