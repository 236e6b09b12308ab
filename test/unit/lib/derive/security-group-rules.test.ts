// Formats of security group rules.
import { expect, test } from '@jest/globals';
import { toIpPermission, rulesText, ruleText } from '../../../../lib/derive/security-group-rules.ts';

const tcp = (fromPort: number, toPort: number, peer: string) => ({ protocol: 'tcp', fromPort, toPort, peer });
const allTraffic = { protocol: '-1', fromPort: -1, toPort: -1, peer: '0.0.0.0/0' };

test('a rule is formatted with its protocol, its ports and its peer', () => {
  expect(ruleText(tcp(80, 80, '0.0.0.0/0'))).toBe('tcp 80 0.0.0.0/0');
  expect(ruleText(tcp(1, 9, 'sg-1'))).toBe('tcp 1-9 sg-1');
  expect(ruleText(allTraffic)).toBe('everything 0.0.0.0/0');
});

test('rules are formatted in a fixed order', () => {
  const rules = [tcp(80, 80, '0.0.0.0/0'), allTraffic, tcp(443, 443, 'sg-1')];
  expect(rulesText([...rules].reverse())).toBe(rulesText(rules));
  expect(rulesText([])).toBe('');
});

test.each([
  ['a CIDR block', '10.0.0.0/8', { IpRanges: [{ CidrIp: '10.0.0.0/8' }] }],
  ['an IPv6 block', '::/0', { Ipv6Ranges: [{ CidrIpv6: '::/0' }] }],
  ['a prefix list', 'pl-1', { PrefixListIds: [{ PrefixListId: 'pl-1' }] }],
  ['a security group', 'sg-1', { UserIdGroupPairs: [{ GroupId: 'sg-1' }] }],
])('a permission for %s lists it under the kind of the peer', (_, peer, list) => {
  expect(toIpPermission(tcp(80, 81, peer))).toEqual({ IpProtocol: 'tcp', FromPort: 80, ToPort: 81, ...list });
});

test('a permission for all protocols has no ports', () => {
  expect(toIpPermission(allTraffic)).toEqual({ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] });
});
