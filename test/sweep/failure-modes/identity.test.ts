// Failure modes 1 to 10: whose is what, what became of a call without an answer, and what a crash leaves.
import { CreateClusterCommand } from '@aws-sdk/client-ecs';
import { CreateVpcCommand, DeleteNatGatewayCommand, DescribeVpcsCommand } from '@aws-sdk/client-ec2';
import { CreateServiceLinkedRoleCommand } from '@aws-sdk/client-iam';
import { expect, test } from '@jest/globals';
import type { Harm } from '../../../sandbox/chaos/faults.ts';
import { account } from '../../converge/harness.ts';
import { stack } from '../../converge/stacks.ts';
import { leapingClock } from '../leaping-clock.ts';
import {
  expectConverged,
  provisionKilledAt,
  LOST,
  refusal,
  results,
  withFailures,
  startAccount,
} from './scene.ts';

/** Creates that no token makes repeatable. */
const TOKENLESS = ['CreateVpc', 'CreateInternetGateway', 'AllocateAddress'];

test('1: an answer that is lost makes no second VPC, gateway or address', async () => {
  const user = await startAccount();
  const cut: Harm = { kind: 'lost', looks: 'cut' };
  const reset: Harm = { kind: 'lost', looks: 'reset' };
  await withFailures(user, { CreateVpc: LOST, CreateInternetGateway: reset, AllocateAddress: cut }, () =>
    user.provision(stack()),
  );
  for (const operation of TOKENLESS) expect(results(user, operation)).toEqual(['ok']);
  await expectConverged(user);
});

test('2: what a killed run had made and not written down is found by its tags, and is taken down by them', async () => {
  const user = await startAccount();
  for (const operation of ['CreateVpc', 'CreateInternetGateway']) await provisionKilledAt(user, operation);
  await user.provision(stack());
  await expectConverged(user);
  for (const operation of TOKENLESS) expect(results(user, operation)).toEqual(['ok']);
  await user.teardown(stack());
  await provisionKilledAt(user, 'AllocateAddress');
  user.deleteState();
  await user.teardown(stack());
  expect(user.census()).toEqual({});
});

test('3: a create that AWS carries out after the next run has looked is waited for', async () => {
  const clock = leapingClock();
  const user = await startAccount({}, { clock });
  const { aws: theirs, ...other } = await account();
  await other.provision(stack());
  const { Vpcs: [{ Tags = [] } = {}] = [] } = await theirs.ec2.send(
    new DescribeVpcsCommand({ Filters: [{ Name: 'tag-key', Values: ['slipway:stack'] }] }),
  );
  await provisionKilledAt(user, 'CreateVpc', { isDone: false });
  expect(user.census()['ec2.vpcs']).toBeUndefined();
  const late = clock.sleep(20_000).then(() =>
    user.aws.ec2.send(
      new CreateVpcCommand({
        CidrBlock: '10.0.0.0/16',
        TagSpecifications: [{ ResourceType: 'vpc', Tags }],
      }),
    ),
  );
  await user.provision(stack());
  const { Vpc } = await late;
  expect(user.ids()['vpc']).toEqual({ vpcId: Vpc?.VpcId });
  await expectConverged(user);
});

test('4: what lists show only after a minute is looked for that long, and a first run waits for nothing', async () => {
  const user = await startAccount({ listLagMs: 60_000 });
  await withFailures(user, { CreateVpc: LOST }, () => user.provision(stack()));
  expect(results(user, 'CreateVpc')).toHaveLength(1);
  await expectConverged(user);
  const first = await startAccount();
  await first.provision(stack());
  // The survey, and the look of those that may have been made before: none of them.
  expect(results(first, 'DescribeVpcs').length).toBeLessThan(results(user, 'DescribeVpcs').length);
});

test('5: a token that answers with a NAT gateway of an earlier life is given up for another one', async () => {
  const user = await startAccount();
  await provisionKilledAt(user, 'CreateNatGateway');
  const [nat] = user.sandbox.world.region('eu-west-1').ec2.natGateways.all();
  await user.aws.ec2.send(new DeleteNatGatewayCommand({ NatGatewayId: nat?.NatGatewayId }));
  await user.provision(stack());
  expect(user.ids()['natGateway']).not.toEqual({ natGatewayId: nat?.NatGatewayId });
  await expectConverged(user);
});

test('6: a token that was used with another configuration leads to what it made', async () => {
  const user = await startAccount({ listLagMs: 60_000 });
  await provisionKilledAt(user, 'CreateRouteTable');
  const edited = stack({ tags: { team: 'orders' } });
  await user.provision(edited);
  expect(results(user, 'CreateRouteTable')).toContain('IdempotentParameterMismatch');
  user.sandbox.sky.turn({ listLagMs: 0 });
  await expectConverged(user, edited);
});

test('7: another Region with the state of this one is refused before anything is touched', async () => {
  const user = await startAccount();
  await user.provision(stack());
  const before = user.census();
  user.sandbox.journal.clear();
  const elsewhere = stack({ region: 'eu-central-1' });
  await expect(user.provision(elsewhere)).rejects.toMatchObject({ code: 'STATE_FOREIGN' });
  await expect(user.teardown(elsewhere)).rejects.toMatchObject({ code: 'STATE_FOREIGN' });
  expect(user.sandbox.journal.entries().filter(({ mutating }) => mutating)).toEqual([]);
  expect(user.census()).toEqual(before);
});

test('8: of two runs at the same time the second is refused, and the first is not disturbed', async () => {
  const user = await startAccount();
  // Which of the two comes first is chance.
  const runs = await Promise.allSettled([user.provision(stack()), user.provision(stack())]);
  const refused = runs.flatMap((run) => (run.status === 'rejected' ? [run.reason as unknown] : []));
  expect(refused).toMatchObject([{ code: 'LOCKED' }]);
  await expectConverged(user);
});

test('9: credentials that expire end the run at once, and the next one continues', async () => {
  const user = await startAccount();
  const codes = ['ExpiredToken', 'ExpiredTokenException', 'RequestExpired', 'UnrecognizedClientException'];
  for (const code of codes) {
    const harm = refusal(code, 'The security token included in the request is expired', 403);
    user.sandbox.faults.add({ ...harm, mutating: true, nth: 5, times: 'always' });
    await expect(user.provision(stack())).rejects.toMatchObject({
      code: 'CREDENTIALS_EXPIRED',
      fix: [expect.stringContaining('Sign in again'), expect.stringContaining('npm run provision')],
    });
    user.sandbox.faults.clear();
  }
  await user.provision(stack());
  await expectConverged(user);
  for (const operation of TOKENLESS)
    expect(results(user, operation).filter((is) => is === 'ok')).toEqual(['ok']);
});

test("10: a cluster of somebody else's that a create answers with is not ours", async () => {
  const user = await startAccount();
  await user.aws.iam.send(new CreateServiceLinkedRoleCommand({ AWSServiceName: 'ecs.amazonaws.com' }));
  await user.aws.ecs.send(new CreateClusterCommand({ clusterName: 'shop-dev' }));
  const before = user.census();
  await expect(user.provision(stack())).rejects.toMatchObject({ code: 'FOREIGN' });
  await user.teardown(stack());
  expect(user.census()).toEqual(before);
});
