// CIDR blocks are parsed strictly and compared for containment and overlap.
import { expect, test } from '@jest/globals';
import { parseCidr, cidrCovers, cidrsOverlap } from '../../../sandbox/network/cidr.ts';

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
