import { expect } from 'chai';
import { includesLoopback, isLoopback } from '../../../src/application/kernel/loopback.js';

describe('This machine', () => {
  const own = [
    'localhost',
    'LOCALHOST',
    '127.0.0.1',
    '127.10.200.255',
    '::1',
    '::ffff:127.0.0.1',
    '::FFFF:127.10.200.1',
  ];
  for (const host of own)
    it(`is meant by ${host}`, () => {
      expect(isLoopback(host)).to.equal(true);
      expect(includesLoopback(host)).to.equal(true);
    });

  const others = [
    '192.0.2.1',
    '128.0.0.1',
    'localhost.example.org',
    'my-localhost',
    '127.0.0.1.example.org',
    '127.0.0',
    'x127.0.0.1',
    '::2',
    '::11',
    '::ffff:192.0.2.1',
    '::ffff:127.0.0.1.example.org',
    '',
  ];
  for (const host of others)
    it(`is not meant by "${host}"`, () => {
      expect(isLoopback(host)).to.equal(false);
      expect(includesLoopback(host)).to.equal(false);
    });

  for (const host of ['0.0.0.0', '::'])
    it(`is among those that reach a server on ${host}, which is more than this machine`, () => {
      expect(isLoopback(host)).to.equal(false);
      expect(includesLoopback(host)).to.equal(true);
    });
});
