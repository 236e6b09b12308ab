// Failure modes 1 to 10: ownership, lost responses, and resources that a crash left behind.
import { CreateClusterCommand } from '@aws-sdk/client-ecs';
import { CreateVpcCommand, DeleteNatGatewayCommand, DescribeVpcsCommand } from '@aws-sdk/client-ec2';
import { CreateServiceLinkedRoleCommand } from '@aws-sdk/client-iam';
import { expect, test } from '@jest/globals';
import type { Failure } from '../../../sandbox/chaos/faults.ts';
import { account } from '../../converge/harness.ts';
import { stack } from '../../converge/stacks.ts';
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

/** Operations that create a resource and accept no client token. */
const TOKENLESS = ['CreateVpc', 'CreateInternetGateway', 'AllocateAddress'];

test('1: a lost response does not lead to a second VPC, gateway or address', async () => {
  const user = await openAccount();
  const cut: Failure = { kind: 'lost', looks: 'cut' };
  const reset: Failure = { kind: 'lost', looks: 'reset' };
  await withFailures(user, { CreateVpc: LOST, CreateInternetGateway: reset, AllocateAddress: cut }, () =>
    user.provision(stack()),
  );
  for (const operation of TOKENLESS) expect(resultsOf(user, operation)).toEqual(['ok']);
  await expectConverged(user);
});

test('2: resources that a killed run created but did not record are found by their tags, and torn down', async () => {
  const user = await openAccount();
  for (const operation of ['CreateVpc', 'CreateInternetGateway']) await provisionKilledAt(user, operation);
  await user.provision(stack());
  await expectConverged(user);
  for (const operation of TOKENLESS) expect(resultsOf(user, operation)).toEqual(['ok']);
  await user.teardown(stack());
  await provisionKilledAt(user, 'AllocateAddress');
  user.deleteState();
  await user.teardown(stack());
  expect(user.census()).toEqual({});
});

test("3: a run waits for the previous run's create, even if AWS carries it out only after the survey", async () => {
  const clock = leapingClock();
  const user = await openAccount({}, { clock });
  // A provision in another account shows the tags that the late VPC needs.
  const { aws: otherAws, ...other } = await account();
  await other.provision(stack());
  const { Vpcs: [{ Tags = [] } = {}] = [] } = await otherAws.ec2.send(
    new DescribeVpcsCommand({ Filters: [{ Name: 'tag-key', Values: ['slipway:stack'] }] }),
  );
  await provisionKilledAt(user, 'CreateVpc', { takesEffect: false });
  expect(user.census()['ec2.vpcs']).toBeUndefined();
  const lateCreate = clock.sleep(20_000).then(() =>
    user.aws.ec2.send(
      new CreateVpcCommand({
        CidrBlock: '10.0.0.0/16',
        TagSpecifications: [{ ResourceType: 'vpc', Tags }],
      }),
    ),
  );
  await user.provision(stack());
  const { Vpc } = await lateCreate;
  expect(user.ids()['vpc']).toEqual({ vpcId: Vpc?.VpcId });
  await expectConverged(user);
});

test('4: a resumed run searches for up to a minute for a resource that AWS lists late, but a first run does not wait', async () => {
  const user = await openAccount({ listLagMs: 60_000 });
  await withFailures(user, { CreateVpc: LOST }, () => user.provision(stack()));
  expect(resultsOf(user, 'CreateVpc')).toHaveLength(1);
  await expectConverged(user);
  const freshUser = await openAccount();
  await freshUser.provision(stack());
  // The resumed run searches for earlier creates after its survey, while a first run only surveys.
  expect(resultsOf(freshUser, 'DescribeVpcs').length).toBeLessThan(resultsOf(user, 'DescribeVpcs').length);
});

test('5: a client token that returns a deleted NAT gateway is replaced by a new token', async () => {
  const user = await openAccount();
  await provisionKilledAt(user, 'CreateNatGateway');
  const [nat] = user.sandbox.world.region('eu-west-1').ec2.natGateways.all();
  await user.aws.ec2.send(new DeleteNatGatewayCommand({ NatGatewayId: nat?.NatGatewayId }));
  await user.provision(stack());
  expect(user.ids()['natGateway']).not.toEqual({ natGatewayId: nat?.NatGatewayId });
  await expectConverged(user);
});

test('6: if a client token was used with another configuration, the run finds the resource that the token created', async () => {
  const user = await openAccount({ listLagMs: 60_000 });
  await provisionKilledAt(user, 'CreateRouteTable');
  const edited = stack({ tags: { team: 'orders' } });
  await user.provision(edited);
  expect(resultsOf(user, 'CreateRouteTable')).toContain('IdempotentParameterMismatch');
  user.sandbox.chaos.adjust({ listLagMs: 0 });
  await expectConverged(user, edited);
});

test('7: a state file of another region is refused before anything changes', async () => {
  const user = await openAccount();
  await user.provision(stack());
  const before = user.census();
  user.sandbox.journal.clear();
  const elsewhere = stack({ region: 'eu-central-1' });
  await expect(user.provision(elsewhere)).rejects.toMatchObject({ code: 'STATE_FOREIGN' });
  await expect(user.teardown(elsewhere)).rejects.toMatchObject({ code: 'STATE_FOREIGN' });
  expect(user.sandbox.journal.entries().filter(({ mutating }) => mutating)).toEqual([]);
  expect(user.census()).toEqual(before);
});

test('8: the second of two concurrent runs is refused, and the first is not affected', async () => {
  const user = await openAccount();
  // Either run may take the lock first.
  const runs = await Promise.allSettled([user.provision(stack()), user.provision(stack())]);
  const refusals = runs.flatMap((run) => (run.status === 'rejected' ? [run.reason as unknown] : []));
  expect(refusals).toMatchObject([{ code: 'LOCKED' }]);
  await expectConverged(user);
});

test('9: expired credentials end the run immediately, and the next run continues', async () => {
  const user = await openAccount();
  const codes = ['ExpiredToken', 'ExpiredTokenException', 'RequestExpired', 'UnrecognizedClientException'];
  for (const code of codes) {
    const expired = refusal(code, 'The security token included in the request is expired', 403);
    user.sandbox.faults.add({ ...expired, mutating: true, nth: 5, times: 'always' });
    await expect(user.provision(stack())).rejects.toMatchObject({
      code: 'CREDENTIALS_EXPIRED',
      fix: [expect.stringContaining('Sign in again'), expect.stringContaining('npm run provision')],
    });
    user.sandbox.faults.clear();
  }
  await user.provision(stack());
  await expectConverged(user);
  for (const operation of TOKENLESS)
    expect(resultsOf(user, operation).filter((result) => result === 'ok')).toEqual(['ok']);
});

test('10: a foreign cluster that CreateCluster returns is refused', async () => {
  const user = await openAccount();
  await user.aws.iam.send(new CreateServiceLinkedRoleCommand({ AWSServiceName: 'ecs.amazonaws.com' }));
  await user.aws.ecs.send(new CreateClusterCommand({ clusterName: 'shop-dev' }));
  const before = user.census();
  await expect(user.provision(stack())).rejects.toMatchObject({ code: 'FOREIGN' });
  await user.teardown(stack());
  expect(user.census()).toEqual(before);
});
