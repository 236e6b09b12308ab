// Failure modes 1 to 10: whose is what, what became of a call without an answer, and what a crash leaves.
import { CreateClusterCommand } from '@aws-sdk/client-ecs';
import { CreateVpcCommand, DeleteNatGatewayCommand, DescribeVpcsCommand } from '@aws-sdk/client-ec2';
import { CreateServiceLinkedRoleCommand } from '@aws-sdk/client-iam';
import { expect, test } from '@jest/globals';
import type { Failure } from '../../../sandbox/chaos/faults.ts';
import { account } from '../../converge/harness.ts';
import { stack } from '../../converge/stacks.ts';
import { leapingClock } from '../clock.ts';
import { expectWhole, killedAt, LOST, no, results, struck, user } from './scene.ts';

/** Creates that no token makes repeatable. */
const TOKENLESS = ['CreateVpc', 'CreateInternetGateway', 'AllocateAddress'];

test('1: an answer that is lost makes no second VPC, gateway or address', async () => {
  const one = await user();
  const cut: Failure = { kind: 'lost', looks: 'cut' };
  const reset: Failure = { kind: 'lost', looks: 'reset' };
  await struck(one, { CreateVpc: LOST, CreateInternetGateway: reset, AllocateAddress: cut }, () =>
    one.up(stack()),
  );
  for (const operation of TOKENLESS) expect(results(one, operation)).toEqual(['ok']);
  await expectWhole(one);
});

test('2: what a killed run had made and not written down is found by its tags, and is taken down by them', async () => {
  const one = await user();
  for (const operation of ['CreateVpc', 'CreateInternetGateway']) await killedAt(one, operation);
  await one.up(stack());
  await expectWhole(one);
  for (const operation of TOKENLESS) expect(results(one, operation)).toEqual(['ok']);
  await one.down(stack());
  await killedAt(one, 'AllocateAddress');
  one.forget();
  await one.down(stack());
  expect(one.census()).toEqual({});
});

test('3: a create that AWS carries out after the next run has looked is waited for', async () => {
  const clock = leapingClock();
  const one = await user({}, { clock });
  const { aws: theirs, ...other } = await account();
  await other.up(stack());
  const { Vpcs: [{ Tags = [] } = {}] = [] } = await theirs.ec2.send(
    new DescribeVpcsCommand({ Filters: [{ Name: 'tag-key', Values: ['slipway:stack'] }] }),
  );
  await killedAt(one, 'CreateVpc', { isDone: false });
  expect(one.census()['ec2.vpcs']).toBeUndefined();
  const late = clock.sleep(20_000).then(() =>
    one.aws.ec2.send(
      new CreateVpcCommand({
        CidrBlock: '10.0.0.0/16',
        TagSpecifications: [{ ResourceType: 'vpc', Tags }],
      }),
    ),
  );
  await one.up(stack());
  const { Vpc } = await late;
  expect(one.ids()['vpc']).toEqual({ vpcId: Vpc?.VpcId });
  await expectWhole(one);
});

test('4: what lists show only after a minute is looked for that long, and a first run waits for nothing', async () => {
  const one = await user({ listLagMs: 60_000 });
  await struck(one, { CreateVpc: LOST }, () => one.up(stack()));
  expect(results(one, 'CreateVpc')).toHaveLength(1);
  await expectWhole(one);
  const first = await user();
  await first.up(stack());
  // The survey, and the look of those that may have been made before: none of them.
  expect(results(first, 'DescribeVpcs').length).toBeLessThan(results(one, 'DescribeVpcs').length);
});

test('5: a token that answers with a NAT gateway of an earlier life is given up for another one', async () => {
  const one = await user();
  await killedAt(one, 'CreateNatGateway');
  const [nat] = one.sandbox.world.region('eu-west-1').ec2.natGateways.all();
  await one.aws.ec2.send(new DeleteNatGatewayCommand({ NatGatewayId: nat?.NatGatewayId }));
  await one.up(stack());
  expect(one.ids()['natGateway']).not.toEqual({ natGatewayId: nat?.NatGatewayId });
  await expectWhole(one);
});

test('6: a token that was used with another configuration leads to what it made', async () => {
  const one = await user({ listLagMs: 60_000 });
  await killedAt(one, 'CreateRouteTable');
  const edited = stack({ tags: { team: 'orders' } });
  await one.up(edited);
  expect(results(one, 'CreateRouteTable')).toContain('IdempotentParameterMismatch');
  one.sandbox.chaos.adjust({ listLagMs: 0 });
  await expectWhole(one, edited);
});

test('7: another Region with the state of this one is refused before anything is touched', async () => {
  const one = await user();
  await one.up(stack());
  const before = one.census();
  one.sandbox.journal.clear();
  const elsewhere = stack({ region: 'eu-central-1' });
  await expect(one.up(elsewhere)).rejects.toMatchObject({ code: 'STATE_FOREIGN' });
  await expect(one.down(elsewhere)).rejects.toMatchObject({ code: 'STATE_FOREIGN' });
  expect(one.sandbox.journal.entries().filter(({ mutating }) => mutating)).toEqual([]);
  expect(one.census()).toEqual(before);
});

test('8: of two runs at the same time the second is refused, and the first is not disturbed', async () => {
  const one = await user();
  // Which of the two comes first is chance.
  const runs = await Promise.allSettled([one.up(stack()), one.up(stack())]);
  const refused = runs.flatMap((run) => (run.status === 'rejected' ? [run.reason as unknown] : []));
  expect(refused).toMatchObject([{ code: 'LOCKED' }]);
  await expectWhole(one);
});

test('9: credentials that expire end the run at once, and the next one continues', async () => {
  const one = await user();
  const codes = ['ExpiredToken', 'ExpiredTokenException', 'RequestExpired', 'UnrecognizedClientException'];
  for (const code of codes) {
    const harm = no(code, 'The security token included in the request is expired', 403);
    one.sandbox.faults.add({ ...harm, mutating: true, nth: 5, times: 'always' });
    await expect(one.up(stack())).rejects.toMatchObject({
      code: 'CREDENTIALS_EXPIRED',
      fix: [expect.stringContaining('Sign in again'), expect.stringContaining('npm run provision')],
    });
    one.sandbox.faults.clear();
  }
  await one.up(stack());
  await expectWhole(one);
  for (const operation of TOKENLESS)
    expect(results(one, operation).filter((is) => is === 'ok')).toEqual(['ok']);
});

test("10: a cluster of somebody else's that a create answers with is not ours", async () => {
  const one = await user();
  await one.aws.iam.send(new CreateServiceLinkedRoleCommand({ AWSServiceName: 'ecs.amazonaws.com' }));
  await one.aws.ecs.send(new CreateClusterCommand({ clusterName: 'shop-dev' }));
  const before = one.census();
  await expect(one.up(stack())).rejects.toMatchObject({ code: 'FOREIGN' });
  await one.down(stack());
  expect(one.census()).toEqual(before);
});
