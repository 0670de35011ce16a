import { expect } from 'chai';
import fc from 'fast-check';
import { networkOf } from '../../../src/application/kernel/network-of.js';

describe('The network of an address', () => {
  // Limits by address counted each IPv6 address as a subscriber of its own, but one subscriber has 2^64 of them.
  const networks: readonly (readonly [string, string])[] = [
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:DB8:1:2::', '2001:db8:1:2::/64'],
    ['2001:0db8:0001:0002:ffff::9', '2001:db8:1:2::/64'],
    ['2001:db8:1:3::6', '2001:db8:1:3::/64'],
    ['2001:db8::192.0.2.1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['::', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['[2001:db8:1:2::5]:443', '2001:db8:1:2::/64'],
    ['192.0.2.1', '192.0.2.1'],
    ['192.0.2.1:40000', '192.0.2.1'],
    ['192.10.200.123:40000', '192.10.200.123'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::FFFF:c000:0201', '192.0.2.1'],
    ['0:0:0:0:0:ffff:192.0.2.1', '192.0.2.1'],
    ['0:0:0:0:1:ffff:192.0.2.1', '0:0:0:0::/64'],
    ['1:0:0:0:0:ffff:192.0.2.1', '1:0:0:0::/64'],
    ['1:2:3:4:5:ffff:192.0.2.1', '1:2:3:4::/64'],
  ];
  for (const [address, network] of networks)
    it(`of ${address} is ${network}`, () => expect(networkOf(address)).to.equal(network));

  for (const nothing of [
    '',
    'unknown',
    'localhost',
    '1::2::3',
    '1:2:3',
    '1:2:3:4:5:6:7:8:9',
    'g::1',
    '12345::',
    ':::',
    'x[::1]',
    '[::1]x',
    'x192.0.2.1:80',
    '192.0.2.1:80x',
  ])
    it(`of "${nothing}", which is no address, is what it says`, () => expect(networkOf(nothing)).to.equal(nothing));

  it('is shared by all addresses of 64 bits, and by no other, however they are written', () => {
    const group = fc.integer({ min: 0, max: 0xffff });
    const half = fc.tuple(group, group, group, fc.integer({ min: 1, max: 0xffff }));
    const written = (groups: readonly number[]) => groups.map((each) => each.toString(16)).join(':');
    /** Writes an address as a browser does, with zeros left out. */
    const shortened = (groups: readonly number[]) => new URL(`http://[${written(groups)}]`).hostname;
    fc.assert(
      fc.property(half, half, half, half, (one, other, host, otherHost) => {
        expect(networkOf(written([...one, ...host]))).to.equal(networkOf(shortened([...one, ...otherHost])));
        const areSame = written(one) === written(other);
        expect(networkOf(written([...one, ...host])) === networkOf(written([...other, ...host]))).to.equal(areSame);
      }),
    );
  });

  it('is the same for an IPv4 address that came over IPv6', () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        expect(networkOf(`::ffff:${address}`)).to.equal(networkOf(address));
      }),
    );
  });
});
