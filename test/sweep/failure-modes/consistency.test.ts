// Failure modes 11 to 19: resources that AWS shows late, and creates that AWS refuses because the resource exists.
import {
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
} from '@aws-sdk/client-ec2';
import { DescribeRulesCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { expect, test } from '@jest/globals';
import type { Clock } from '../../../lib/model/clock.ts';
import type { Account } from '../../converge/harness.ts';
import { manualChanges } from '../../converge/manual-changes.ts';
import { stack, web } from '../../converge/stacks.ts';
import { leapingClock } from '../leaping-clock.ts';
import {
  expectConverged,
  provisionKilledAt,
  LOST,
  refusal,
  resultsOf,
  withFailures,
  openAccount,
} from './scene.ts';

/** Makes the change of `manualChanges` to this noun with this description. */
async function changeByHand(user: Account, noun: string, what: string): Promise<void> {
  const found = manualChanges.find((other) => other.noun === noun && other.what === what);
  expect(found).toBeDefined();
  await found?.apply(user.aws, (address, field) => user.ids()[address]?.[field] ?? '');
}

test('11: a "not found" error is retried for a new id, and is final for an old one', async () => {
  const clock = leapingClock();
  const user = await openAccount({ idLagMs: 30_000 }, { clock });
  await user.provision(stack());
  const refusedCalls = user.sandbox.journal.entries().filter(({ result }) => /NotFound$/.test(result));
  expect(refusedCalls.length).toBeGreaterThan(10);
  await expectConverged(user);
  await clock.sleep(600_000);
  const edited = stack({ tags: { team: 'orders' } });
  user.sandbox.journal.clear();
  await withFailures(user, { CreateTags: { ...refusal('InvalidVpcID.NotFound'), times: 'always' } }, () =>
    expect(user.provision(edited)).rejects.toMatchObject({ code: 'STEPS_FAILED' }),
  );
  // CreateTags tags only EC2 resources, each of them once. If calls were repeated, there would be more calls than resources.
  const resources = Object.keys(user.ids()).length;
  expect(resultsOf(user, 'CreateTags').length).toBeLessThan(resources);
  await user.provision(edited);
  await expectConverged(user, edited);
});

/** Lists resources once per second while a command runs. @returns the ids that were shown, then missing, then shown again */
async function flappingIds(user: Account, clock: Clock, running: Promise<unknown>): Promise<string[]> {
  const shownEachSecond: Set<string>[] = [];
  let isDone = false;
  const settled = running.finally(() => (isDone = true));
  while (!isDone) {
    const [{ Subnets = [] }, { RouteTables = [] }, { SecurityGroups = [] }] = await Promise.all([
      user.aws.ec2.send(new DescribeSubnetsCommand({})),
      user.aws.ec2.send(new DescribeRouteTablesCommand({})),
      user.aws.ec2.send(new DescribeSecurityGroupsCommand({})),
    ]);
    const ids = [
      Subnets.map(({ SubnetId }) => SubnetId),
      RouteTables.map(({ RouteTableId }) => RouteTableId),
      SecurityGroups.map(({ GroupId }) => GroupId),
    ];
    shownEachSecond.push(new Set(ids.flat().map(String)));
    await clock.sleep(1000);
  }
  await settled;
  const allIds = new Set(shownEachSecond.flatMap((shown) => [...shown]));
  return [...allIds].filter((id) =>
    /10+1/.test(shownEachSecond.map((shown) => Number(shown.has(id))).join('')),
  );
}

test('12: a resource that is shown, then missing, then shown again is neither created twice nor forgotten', async () => {
  const clock = leapingClock();
  const user = await openAccount({ idLagMs: 60_000, listLagMs: 60_000 }, { clock });
  const flappedInProvision = await flappingIds(user, clock, user.provision(stack()));
  // If the survey misses a resource while lists flap, the create is refused, so there is no duplicate to remove.
  const { calls } = await user.provision(stack());
  expect(calls.filter((call) => /:(Delete|Release|Detach)/.test(call))).toEqual([]);
  await clock.sleep(60_000);
  await expectConverged(user);
  const flappedInTeardown = await flappingIds(user, clock, user.teardown(stack()));
  expect(user.census()).toEqual({});
  // About one in four ids disappears and appears again.
  expect([...flappedInProvision, ...flappedInTeardown]).not.toEqual([]);
}, 300_000);

test('13: if the response to a create was lost, the existing attachment, route or rule is accepted, and a route that differs is replaced', async () => {
  const user = await openAccount();
  const operations = {
    AttachInternetGateway: 'Resource.AlreadyAssociated',
    AssociateRouteTable: 'ok',
    CreateRoute: 'RouteAlreadyExists',
    AuthorizeSecurityGroupIngress: 'InvalidPermission.Duplicate',
  };
  const failures = Object.fromEntries(Object.keys(operations).map((operation) => [operation, LOST]));
  await withFailures(user, failures, () => user.provision(stack()));
  for (const [operation, code] of Object.entries(operations))
    expect(resultsOf(user, operation)).toContain(code);
  await expectConverged(user);
  await changeByHand(user, 'privateRoutes', 'the default route was pointed at the internet gateway');
  expect((await user.provision(stack())).calls).toEqual(['ec2:ReplaceRoute']);
});

test('14: routes to a deleted NAT gateway are replaced by routes to the new one', async () => {
  const user = await openAccount();
  await user.provision(stack());
  await changeByHand(user, 'natGateway', 'it was deleted');
  const { calls } = await user.provision(stack());
  expect(calls.filter((call) => call === 'ec2:ReplaceRoute')).toHaveLength(2);
  const { RouteTables = [] } = await user.aws.ec2.send(new DescribeRouteTablesCommand({}));
  const routes = RouteTables.flatMap(({ Routes = [] }) => Routes);
  expect(routes.filter(({ State }) => State !== 'active')).toEqual([]);
  const natGatewayIds = routes.flatMap(({ NatGatewayId }) => NatGatewayId ?? []);
  expect(new Set(natGatewayIds)).toEqual(new Set([user.ids()['natGateway']?.['natGatewayId']]));
});

test('15: a half-created target group whose settings differ is updated or replaced', async () => {
  const user = await openAccount();
  await provisionKilledAt(user, 'CreateTargetGroup');
  const edited = stack({ services: web({ api1: { health: { path: '/ready' } } }) });
  await user.provision(edited);
  await expectConverged(user, edited);
  const stackWithPort = (port: number) => stack({ services: web({ api1: { port } }) });
  await provisionKilledAt(user, 'CreateTargetGroup', { desired: stackWithPort(5001) });
  await user.provision(stackWithPort(5002));
  await expectConverged(user, stackWithPort(5002));
});

test('16: if the response to a create was lost, the rule is found by its priority and not created twice', async () => {
  const user = await openAccount();
  await withFailures(user, { CreateRule: LOST }, () => user.provision(stack()));
  expect(resultsOf(user, 'CreateRule').sort()).toEqual(['PriorityInUse', 'ok', 'ok']);
  await expectConverged(user);
  const ListenerArn = user.ids()['listener']?.['listenerArn'];
  const { Rules = [] } = await user.aws.elb.send(new DescribeRulesCommand({ ListenerArn }));
  const paths = Rules.flatMap(({ Conditions = [] }) => Conditions.flatMap(({ Values = [] }) => Values));
  expect(new Set(paths).size).toBe(paths.length);
});

test('17: an inactive service counts as missing, like a service that never existed', async () => {
  const user = await openAccount();
  await user.provision(stack());
  await changeByHand(user, 'services', 'it was deleted');
  const { done } = await user.provision(stack());
  expect(done).toEqual(['services.web create']);
  await expectConverged(user);
  await user.teardown(stack());
  expect(await user.plan(stack())).toContainEqual(
    expect.objectContaining({ address: 'services.web', verb: 'create' }),
  );
});

test('18: if the response to a create was lost, the hosted zone is found by its caller reference and not created twice', async () => {
  const user = await openAccount();
  await withFailures(user, { CreateHostedZone: LOST }, () => user.provision(stack()));
  expect(resultsOf(user, 'CreateHostedZone')).toEqual(['ok', 'HostedZoneAlreadyExists']);
  expect(user.census()['route53.zones']).toBe(1);
  await expectConverged(user);
});

test('19: a record that has changed meanwhile is read again, and the run waits for a busy zone', async () => {
  const user = await openAccount({ zoneBusyMs: 5_000 });
  const busy = refusal('PriorRequestNotComplete');
  await withFailures(user, { ChangeResourceRecordSets: { ...busy, times: 5 } }, () =>
    user.provision(stack()),
  );
  await expectConverged(user);
  const stale = refusal('InvalidChangeBatch', 'values provided do not match the current values');
  await withFailures(user, { ChangeResourceRecordSets: stale }, () => user.teardown(stack()));
  expect(user.census()).toEqual({});
});
