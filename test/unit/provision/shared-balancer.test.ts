// The load balancer of someone else in a plan: what is refused, how it stands for that of the stack, and which rules hide each other.
import { expect, test } from '@jest/globals';
import type { Config } from '../../../lib/config/config.ts';
import type { Event } from '../../../lib/model/report.ts';
import type { FoundSharedBalancer } from '../../../lib/look/shared-balancer.ts';
import { NOTHING_CHANGED } from '../../../lib/model/problem.ts';
import {
  checkSharedBalancer,
  sharedBalancerEvents,
  withSharedBalancer,
} from '../../../provision/shared-balancer.ts';
import { existing } from '../existing-resources.ts';
import { BALANCER_ARN, LISTENER_ARN, otherRule, sharedBalancer, stackOfTenant } from '../others-balancer.ts';
import { ACCOUNT, config, surveyOf } from '../step-harness.ts';

const run = { region: 'eu-west-1', endpoint: undefined };
const named = { arn: BALANCER_ARN, listenerArn: undefined };

/** Returns the reasons, line by line, and the fixes; none if the load balancer can be used. */
function refusal(
  changes: Partial<FoundSharedBalancer> = {},
  stack: Config = stackOfTenant(),
  found: Parameters<typeof surveyOf>[0] = {},
  account = ACCOUNT,
): { reasons: string[]; fix: readonly string[] } {
  try {
    checkSharedBalancer(
      { config: stack, account, run },
      surveyOf(found, { shared: sharedBalancer(changes) }),
    );
    return { reasons: [], fix: [] };
  } catch (error) {
    const { code, why, now, fix } = error as Record<'code' | 'why' | 'now', string> & { fix: string[] };
    expect([code, now]).toEqual(['LOAD_BALANCER', NOTHING_CHANGED]);
    return { reasons: why.split('\n'), fix };
  }
}
const reasonsOf = (...args: Parameters<typeof refusal>): string[] => refusal(...args).reasons;
const { balancer } = sharedBalancer();

test('a load balancer that can be used is accepted, and so is a stack without one', () => {
  expect(reasonsOf()).toEqual([]);
  expect(() => checkSharedBalancer({ config: config(), account: ACCOUNT, run }, surveyOf())).not.toThrow();
});

test('a listener or a load balancer that does not exist is refused', () => {
  expect(reasonsOf({ balancer: undefined, listener: undefined })).toEqual([
    `${LISTENER_ARN} does not exist in eu-west-1.`,
  ]);
  const missing = { balancer: undefined, listener: undefined };
  expect(reasonsOf(missing, stackOfTenant(named))).toEqual([`${BALANCER_ARN} does not exist in eu-west-1.`]);
  expect(reasonsOf({ listener: undefined }, stackOfTenant({ ...named, https: true }))).toEqual([
    'theirs has no listener on port 443.',
  ]);
});

test('another account, a state, a lack of groups and another protocol are refused, all at once', () => {
  expect(reasonsOf({}, stackOfTenant(), {}, '999988887777')).toEqual([
    `${LISTENER_ARN} is in the account ${ACCOUNT}, and the stack is in 999988887777.`,
  ]);
  const changed = { ...balancer, State: { Code: 'failed' as const }, SecurityGroups: [] };
  const listener = { Protocol: 'HTTP' as const, Port: 8080 };
  expect(reasonsOf({ balancer: changed, listener, egress: new Map() })).toEqual([
    'theirs is failed.',
    'theirs has no security group.',
    'The listener is for HTTP on port 8080, and not for HTTP on port 80: loadBalancer.https is false.',
  ]);
  const impaired = { ...balancer, State: { Code: 'active_impaired' as const } };
  expect(reasonsOf({ balancer: impaired })).toEqual([]);
});

test('subnets that do not exist, or that are in another VPC, are refused', () => {
  const subnets = new Map([['subnet-11111111', { vpcId: 'vpc-2', zone: 'eu-west-1a', cidr: '10.9.0.0/24' }]]);
  expect(reasonsOf({ subnets })).toEqual([
    'The subnet subnet-11111111 is in vpc-2, and the load balancer is in vpc-theirs.',
    'The subnet subnet-22222222 does not exist.',
  ]);
});

test('a subnet with only IPv6 is refused', () => {
  const subnets = new Map([...sharedBalancer().subnets].map(([id, subnet]) => [id, { ...subnet, cidr: '' }]));
  expect(reasonsOf({ subnets })).toEqual(
    ['subnet-11111111', 'subnet-22222222'].map(
      (id) => `The subnet ${id} has only IPv6, and load balancers connect to the tasks over IPv4.`,
    ),
  );
});

test('a full listener, a priority of someone else, and a stack with its own network are refused', () => {
  const full = Array.from({ length: 99 }, (_, index) => otherRule(String(index + 1), `/${index}`));
  expect(reasonsOf({ otherRules: full })).toEqual([
    'Its listener has 99 rules of others: with 2 more, it would exceed 100, the quota of rules per load balancer.',
  ]);
  for (const maxRules of [200, undefined]) expect(reasonsOf({ otherRules: full, maxRules })).toEqual([]);
  const [service] = config().services;
  const [api1] = service?.containers ?? [];
  if (!service || !api1) throw new Error('no container');
  const demanding = { ...api1, path: '/a', paths: [], routes: [{ paths: '/a', priority: 7 }] };
  const services = [{ ...service, containers: [demanding] }] as unknown as Config['services'];
  expect(reasonsOf({}, stackOfTenant({}, { services }))).toEqual([
    expect.stringMatching(/another rule of the listener has the priority 7, for \/theirs\.$/),
  ]);
  expect(reasonsOf({}, stackOfTenant(), { vpc: existing.vpc })).toEqual([
    'The stack has its own vpc, and its tasks cannot move to another VPC: tear it down first.',
  ]);
});

test('the load balancer, its listener and the subnets stand for those of the stack, without tags', () => {
  const found = withSharedBalancer(stackOfTenant(), surveyOf({}, { shared: sharedBalancer() }));
  expect(found.vpc.get('')).toMatchObject({ vpcId: 'vpc-theirs', tags: {} });
  expect([...found.subnets].map(([key, { subnetId, zone }]) => [key, subnetId, zone])).toEqual([
    ['private-1', 'subnet-11111111', 'eu-west-1a'],
    ['private-2', 'subnet-22222222', 'eu-west-1b'],
  ]);
  expect(found.loadBalancer.get('')).toMatchObject({
    loadBalancerArn: BALANCER_ARN,
    hostedZoneId: 'ZTHEIRS',
    tags: {},
  });
  expect(found.listener.get('')).toMatchObject({ listenerArn: LISTENER_ARN, tags: {} });
});

test('the listener for HTTPS stands for that of the stack if the configuration asks for it', () => {
  const shared = sharedBalancer({ listener: { ListenerArn: LISTENER_ARN, Protocol: 'HTTPS', Port: 443 } });
  const found = withSharedBalancer(stackOfTenant({ https: true }), surveyOf({}, { shared }));
  expect([...found.listener].map(([key, { protocol }]) => [key, protocol])).toEqual([['https', 'HTTPS']]);
});

test('a survey without a load balancer of someone else stays as it is', () => {
  const own = surveyOf({ vpc: existing.vpc });
  expect(withSharedBalancer(config(), own)).toBe(own);
  const missing = surveyOf({}, { shared: sharedBalancer({ balancer: undefined }) });
  expect(withSharedBalancer(stackOfTenant(), missing)).toBe(missing);
});

test('rules that hide each other are warned of, in both directions', () => {
  const textsWith = (...otherRules: FoundSharedBalancer['otherRules']) =>
    sharedBalancerEvents(stackOfTenant(), surveyOf({}, { shared: sharedBalancer({ otherRules }) })).map(
      (event: Event) => (event as { text: string }).text,
    );
  expect(textsWith(otherRule('7', '/theirs'))).toEqual([]);
  expect(textsWith(otherRule('1', '/api1*'))).toEqual([
    'services.web.containers.api1.path: the rule for /api1 never applies, since the rule of someone else for /api1*, with priority 1, comes first',
  ]);
  expect(textsWith(otherRule('50000', '/api2/orders'))).toEqual([
    'services.web.containers.api2.path: the rule for /api2 gets all requests of the rule of someone else for /api2/orders, with priority 50000',
  ]);
});
