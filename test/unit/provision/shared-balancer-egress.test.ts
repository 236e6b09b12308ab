// The egress rules of someone else's load balancer: which ports of the tasks they open, and the command that opens the others.
import { expect, test } from '@jest/globals';
import type { GroupRule } from '../../../lib/derive/security-group-rules.ts';
import { closedPorts, closedPortText, openingCommand } from '../../../provision/shared-balancer-egress.ts';
import { checkSharedBalancer } from '../../../provision/shared-balancer.ts';
import { existing } from '../existing-resources.ts';
import { sharedBalancer, stackOfTenant } from '../others-balancer.ts';
import { ACCOUNT, surveyOf } from '../step-harness.ts';

const ALL = ['10.9.0.0/24', '10.9.1.0/24'];
const rule = (peer: string, fromPort = 5000, toPort = 6000, protocol = 'tcp'): GroupRule => ({
  ...{ protocol, fromPort, toPort, peer },
});
const sharedWith = (...rules: GroupRule[]) =>
  sharedBalancer({
    egress: new Map([
      ['sg-2222', []],
      ['sg-1111', rules],
    ]),
  });
/** The closed ports with their blocks, for a stack whose groups exist. */
const closedWith = (...rules: GroupRule[]) =>
  closedPorts(
    stackOfTenant(),
    surveyOf({ securityGroups: existing.securityGroups }),
    sharedWith(...rules),
  ).map(({ port, blocks }) => [port, blocks]);

test.each([
  ['everything', rule('0.0.0.0/0', -1, -1, '-1')],
  ['the VPC', rule('10.9.0.0/16')],
  ['the ports, by the number of the protocol', rule('10.9.0.0/16', 5000, 6000, '6')],
  ['the group of the tasks', rule('sg-web')],
  ['a prefix list, which may contain the subnets', rule('pl-1111')],
])('a rule for %s opens every port', (_what, opening) => {
  expect(closedWith(opening)).toEqual([]);
});

test.each([
  ['nothing', undefined],
  ['another block', rule('10.8.0.0/16')],
  ['a part of the subnets', rule('10.9.0.0/25')],
  ['IPv6', rule('::/0', -1, -1, '-1')],
  ['UDP', rule('10.9.0.0/16', 5000, 6000, 'udp')],
  ['another group', rule('sg-other')],
])('a rule for %s opens no port', (_what, opening) => {
  expect(closedWith(...(opening ? [opening] : []))).toEqual([
    [5000, ALL],
    [6000, ALL],
  ]);
});

test('the rules of all groups apply together, for each port and each subnet', () => {
  expect(closedWith(rule('10.9.0.0/24', 5000, 5999), rule('10.9.1.0/24', 5000, 5000))).toEqual([[6000, ALL]]);
  expect(closedWith(rule('10.9.0.0/24'))).toEqual([
    [5000, ['10.9.1.0/24']],
    [6000, ['10.9.1.0/24']],
  ]);
});

test('rules that the caller may not read are taken to be right, and so is a load balancer that is not found', () => {
  for (const egress of [undefined, new Map()])
    expect(closedPorts(stackOfTenant(), surveyOf(), sharedBalancer({ egress }))).toEqual([]);
});

test('before the first provision, only blocks can open the ports, and the command names them', () => {
  const shared = sharedWith(rule('sg-web'));
  const check = () =>
    checkSharedBalancer(
      { config: stackOfTenant(), account: ACCOUNT, run: { region: 'eu-west-1', endpoint: undefined } },
      surveyOf({}, { shared }),
    );
  expect(check).toThrow(
    expect.objectContaining({
      code: 'LOAD_BALANCER',
      why: [5000, 6000]
        .map(
          (port) =>
            `services.web: no egress rule of sg-1111 or sg-2222 lets the load balancer connect to port ${port} of the tasks in 10.9.0.0/24 and 10.9.1.0/24.`,
        )
        .join('\n'),
      fix: expect.arrayContaining([
        "aws ec2 authorize-security-group-egress --group-id sg-1111 --ip-permissions 'IpProtocol=tcp,FromPort=5000,ToPort=5000,IpRanges=[{CidrIp=10.9.0.0/24},{CidrIp=10.9.1.0/24}]' 'IpProtocol=tcp,FromPort=6000,ToPort=6000,IpRanges=[{CidrIp=10.9.0.0/24},{CidrIp=10.9.1.0/24}]' --region eu-west-1, by the owner of the load balancer",
      ]),
    }),
  );
});

test('a port of two services is opened once', () => {
  const [port] = closedPorts(stackOfTenant(), surveyOf(), sharedWith());
  if (!port) throw new Error('no port');
  const command = openingCommand({ region: 'eu-west-1', endpoint: undefined }, [port, port], sharedWith());
  expect(command.match(/FromPort/g)).toHaveLength(1);
  expect(closedPortText(port, sharedWith())).toContain('services.web');
});
