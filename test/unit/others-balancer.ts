/** For unit tests: a stack on the load balancer of someone else, and what a survey finds there. */
import type { Rule } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Config } from '../../lib/config/config.ts';
import type { FoundSharedBalancer } from '../../lib/look/shared-balancer.ts';
import { config } from './step-harness.ts';

const PREFIX = 'arn:aws:elasticloadbalancing:eu-west-1:111122223333';
export const BALANCER_ARN = `${PREFIX}:loadbalancer/app/theirs/50dc6c495c0c9188`;
export const LISTENER_ARN = `${PREFIX}:listener/app/theirs/50dc6c495c0c9188/f2f7dc8efc522ab2`;
export const SUBNET_IDS = ['subnet-11111111', 'subnet-22222222'];

/** A stack on the load balancer of someone else. */
export const stackOfTenant = (
  loadBalancer: Partial<NonNullable<Config['loadBalancer']>> = {},
  changes: Partial<Config> = {},
): Config =>
  config({
    domain: undefined,
    loadBalancer: {
      ...{ arn: undefined, listenerArn: LISTENER_ARN, https: false, subnets: SUBNET_IDS },
      ...loadBalancer,
    },
    ...changes,
  });

/** A rule of someone else for a path. */
export const otherRule = (Priority: string, ...paths: string[]): Rule => ({
  RuleArn: `arn:other-${Priority}`,
  Priority,
  IsDefault: false,
  Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: paths } }],
});

/** A load balancer that can be used, with a rule of someone else. */
export const sharedBalancer = (changes: Partial<FoundSharedBalancer> = {}): FoundSharedBalancer => ({
  balancer: {
    LoadBalancerArn: BALANCER_ARN,
    LoadBalancerName: 'theirs',
    DNSName: 'theirs-1234567890.eu-west-1.elb.amazonaws.com',
    CanonicalHostedZoneId: 'ZTHEIRS',
    VpcId: 'vpc-theirs',
    Scheme: 'internet-facing',
    State: { Code: 'active' },
    SecurityGroups: ['sg-2222', 'sg-1111'],
  },
  listener: { ListenerArn: LISTENER_ARN, LoadBalancerArn: BALANCER_ARN, Protocol: 'HTTP', Port: 80 },
  subnets: new Map([
    ['subnet-11111111', { vpcId: 'vpc-theirs', zone: 'eu-west-1a', cidr: '10.9.0.0/24' }],
    ['subnet-22222222', { vpcId: 'vpc-theirs', zone: 'eu-west-1b', cidr: '10.9.1.0/24' }],
  ]),
  egress: new Map([
    ['sg-1111', [{ protocol: '-1', fromPort: -1, toPort: -1, peer: '0.0.0.0/0' }]],
    ['sg-2222', []],
  ]),
  otherRules: [otherRule('7', '/theirs')],
  maxRules: 100,
  ...changes,
});
