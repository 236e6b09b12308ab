// Failure modes 11 to 19: what AWS shows late, and what it says is there already.
import {
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
} from '@aws-sdk/client-ec2';
import { DescribeRulesCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { expect, test } from '@jest/globals';
import type { Clock } from '../../../lib/model/clock.ts';
import type { Account } from '../../converge/harness.ts';
import { mishaps } from '../../converge/manual-changes.ts';
import { stack, web } from '../../converge/stacks.ts';
import { leapingClock } from '../leaping-clock.ts';
import { expectWhole, killedAt, LOST, no, results, struck, user } from './scene.ts';

/** Somebody does to us what the list of mishaps has. */
async function mishap(one: Account, noun: string, what: string): Promise<void> {
  const found = mishaps.find((other) => other.noun === noun && other.what === what);
  expect(found).toBeDefined();
  await found?.does(one.aws, (address, field) => one.ids()[address]?.[field] ?? '');
}

test('11: an id that was made moments ago may be unknown, one that is old may not', async () => {
  const clock = leapingClock();
  const one = await user({ idLagMs: 30_000 }, { clock });
  await one.up(stack());
  const refused = one.sandbox.journal.entries().filter(({ result }) => /NotFound$/.test(result));
  expect(refused.length).toBeGreaterThan(10);
  await expectWhole(one);
  await clock.sleep(600_000);
  const edited = stack({ tags: { team: 'orders' } });
  one.sandbox.journal.clear();
  await struck(one, { CreateTags: { ...no('InvalidVpcID.NotFound'), times: 'always' } }, () =>
    expect(one.up(edited)).rejects.toMatchObject({ code: 'STEPS_FAILED' }),
  );
  // Each thing is tagged by one call, and none of them is sent again.
  const things = Object.keys(one.ids()).length;
  expect(results(one, 'CreateTags').length).toBeLessThan(things);
  await one.up(edited);
  await expectWhole(one, edited);
});

/** Reads again and again while something runs. @returns the ids that were shown, then not, then again */
async function flapped(one: Account, clock: Clock, running: Promise<unknown>): Promise<string[]> {
  const answers: Set<string>[] = [];
  let isDone = false;
  const done = running.finally(() => (isDone = true));
  while (!isDone) {
    const [{ Subnets = [] }, { RouteTables = [] }, { SecurityGroups = [] }] = await Promise.all([
      one.aws.ec2.send(new DescribeSubnetsCommand({})),
      one.aws.ec2.send(new DescribeRouteTablesCommand({})),
      one.aws.ec2.send(new DescribeSecurityGroupsCommand({})),
    ]);
    const ids = [
      Subnets.map(({ SubnetId }) => SubnetId),
      RouteTables.map(({ RouteTableId }) => RouteTableId),
      SecurityGroups.map(({ GroupId }) => GroupId),
    ];
    answers.push(new Set(ids.flat().map(String)));
    await clock.sleep(1000);
  }
  await done;
  const all = new Set(answers.flatMap((shown) => [...shown]));
  return [...all].filter((id) => /10+1/.test(answers.map((shown) => Number(shown.has(id))).join('')));
}

test('12: what is shown, then not, then again is not made twice, nor forgotten', async () => {
  const clock = leapingClock();
  const one = await user({ idLagMs: 60_000, listLagMs: 60_000 }, { clock });
  const came = await flapped(one, clock, one.up(stack()));
  // While it still flaps, what a survey misses is found when its create is refused, and there is no twin to remove.
  const { calls } = await one.up(stack());
  expect(calls.filter((call) => /:(Delete|Release|Detach)/.test(call))).toEqual([]);
  await clock.sleep(60_000);
  await expectWhole(one);
  const went = await flapped(one, clock, one.down(stack()));
  expect(one.census()).toEqual({});
  // One in four does, by chance.
  expect([...came, ...went]).not.toEqual([]);
}, 300_000);

test('13: what a lost answer has wired already is compared, not wired again', async () => {
  const one = await user();
  const wires = {
    AttachInternetGateway: 'Resource.AlreadyAssociated',
    AssociateRouteTable: 'ok',
    CreateRoute: 'RouteAlreadyExists',
    AuthorizeSecurityGroupIngress: 'InvalidPermission.Duplicate',
  };
  const falls = Object.fromEntries(Object.keys(wires).map((operation) => [operation, LOST]));
  await struck(one, falls, () => one.up(stack()));
  for (const [operation, code] of Object.entries(wires)) expect(results(one, operation)).toContain(code);
  await expectWhole(one);
  await mishap(one, 'privateRoutes', 'the default route was led to the internet gateway');
  expect((await one.up(stack())).calls).toEqual(['ec2:ReplaceRoute']);
});

test('14: routes to a NAT gateway that is gone lead to the new one', async () => {
  const one = await user();
  await one.up(stack());
  await mishap(one, 'natGateway', 'it was deleted');
  const { calls } = await one.up(stack());
  expect(calls.filter((call) => call === 'ec2:ReplaceRoute')).toHaveLength(2);
  const { RouteTables = [] } = await one.aws.ec2.send(new DescribeRouteTablesCommand({}));
  const routes = RouteTables.flatMap(({ Routes = [] }) => Routes);
  expect(routes.filter(({ State }) => State !== 'active')).toEqual([]);
  const targets = routes.flatMap(({ NatGatewayId }) => NatGatewayId ?? []);
  expect(new Set(targets)).toEqual(new Set([one.ids()['natGateway']?.['natGatewayId']]));
});

test('15: a target group that was half made for other settings is brought to the new ones, or makes way', async () => {
  const one = await user();
  await killedAt(one, 'CreateTargetGroup');
  const edited = stack({ services: web({ api1: { health: { path: '/ready' } } }) });
  await one.up(edited);
  await expectWhole(one, edited);
  const ported = (port: number) => stack({ services: web({ api1: { port } }) });
  await killedAt(one, 'CreateTargetGroup', { asked: ported(5001) });
  await one.up(ported(5002));
  await expectWhole(one, ported(5002));
});

test('16: a rule whose answer was lost is found by its priority, and made once', async () => {
  const one = await user();
  await struck(one, { CreateRule: LOST }, () => one.up(stack()));
  expect(results(one, 'CreateRule').sort()).toEqual(['PriorityInUse', 'ok', 'ok']);
  await expectWhole(one);
  const ListenerArn = one.ids()['listener']?.['listenerArn'];
  const { Rules = [] } = await one.aws.elb.send(new DescribeRulesCommand({ ListenerArn }));
  const paths = Rules.flatMap(({ Conditions = [] }) => Conditions.flatMap(({ Values = [] }) => Values));
  expect(new Set(paths).size).toBe(paths.length);
});

test('17: a service that is inactive is missing, and so is one that was never there', async () => {
  const one = await user();
  await one.up(stack());
  await mishap(one, 'services', 'it was deleted');
  const { done } = await one.up(stack());
  expect(done).toEqual(['services.web create']);
  await expectWhole(one);
  await one.down(stack());
  expect(await one.plan(stack())).toContainEqual(
    expect.objectContaining({ address: 'services.web', verb: 'create' }),
  );
});

test('18: a zone whose answer was lost is found by its reference, and made once', async () => {
  const one = await user();
  await struck(one, { CreateHostedZone: LOST }, () => one.up(stack()));
  expect(results(one, 'CreateHostedZone')).toEqual(['ok', 'HostedZoneAlreadyExists']);
  expect(one.census()['route53.zones']).toBe(1);
  await expectWhole(one);
});

test('19: a record that changed meanwhile is looked at again, and a busy zone is waited for', async () => {
  const one = await user({ zoneBusyMs: 5_000 });
  const busy = no('PriorRequestNotComplete');
  await struck(one, { ChangeResourceRecordSets: { ...busy, times: 5 } }, () => one.up(stack()));
  await expectWhole(one);
  const stale = no('InvalidChangeBatch', 'values provided do not match the current values');
  await struck(one, { ChangeResourceRecordSets: stale }, () => one.down(stack()));
  expect(one.census()).toEqual({});
});
