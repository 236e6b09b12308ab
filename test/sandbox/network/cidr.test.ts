// CIDR blocks are parsed strictly and compared for containment and overlap.
import { expect, test } from '@jest/globals';
import { canonicalIpv6Cidr, parseCidr, cidrCovers, cidrsOverlap } from '../../../sandbox/network/cidr.ts';

test.each([
  ['10.0.0.0/16', '10.0.0.0/16'],
  ['100.68.0.18/18', '100.68.0.0/18'],
  ['0.0.0.0/0', '0.0.0.0/0'],
  ['10.1.2.3/32', '10.1.2.3/32'],
])('the CIDR block %s is parsed as %s', (text, canonical) => {
  expect(parseCidr(text)?.toString()).toBe(canonical);
});

test.each([
  '',
  '10/8',
  '10.0.0.0',
  '10.0.0.0/33',
  '10.0.0.0/',
  '010.0.0.0/8',
  '0x0a.0.0.0/8',
  '10.0.0.0/8/8',
  '::/0',
])('the string %p is not a CIDR block', (text) => {
  expect(parseCidr(text)).toBeUndefined();
});

test('0.0.0.0/0 contains every address', () => {
  expect(cidrCovers('0.0.0.0/0', '203.0.113.9')).toBe(true);
  expect(cidrCovers('10.0.0.0/8', '203.0.113.9')).toBe(false);
  expect(cidrCovers(undefined, '10.0.0.1')).toBe(false);
});

test('blocks overlap when one contains the other', () => {
  expect(cidrsOverlap('10.0.0.0/16', '10.0.9.0/24')).toBe(true);
  expect(cidrsOverlap('10.0.9.0/24', '10.0.0.0/16')).toBe(true);
  expect(cidrsOverlap('10.0.8.0/24', '10.0.9.0/24')).toBe(false);
});

test.each([
  ['::/0', '::/0'],
  ['2001:DB8:0::/32', '2001:db8::/32'],
  ['2001:db8:1:2:3:4:5:6/60', '2001:db8:1::/60'],
  ['2001:db8::ffff/127', '2001:db8::fffe/127'],
  ['::1/128', '::1/128'],
])('the canonical form of %s is %s', (text, canonical) => {
  expect(canonicalIpv6Cidr(text)).toBe(canonical);
});

test.each(['', '::', '::/129', '::/', '10.0.0.0/8', '::/0/0', 'fe80::1%eth0/64', 'g::/16'])(
  'the string %p is not an IPv6 block',
  (text) => {
    expect(canonicalIpv6Cidr(text)).toBeUndefined();
  },
);
