// Faults as a client sees them: refused calls, lost responses, delayed responses, delayed failures and repeated failures.
import {
  CreateInternetGatewayCommand,
  CreateNatGatewayCommand,
  CreateVpcCommand,
  DescribeInternetGatewaysCommand,
  DescribeVpcsCommand,
} from '@aws-sdk/client-ec2';
import { ListClustersCommand } from '@aws-sdk/client-ecs';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { describe, expect, test } from '@jest/globals';
import { setImmediate as eventLoopTurn } from 'node:timers/promises';
import { APPEARANCES, type Fault, type Failure, type Appearance } from '../../../sandbox/chaos/faults.ts';
import { manualClock } from '../../../sandbox/world/clock.ts';
import { natScene } from '../aws/ec2/nat-scene.ts';
import { makerOf, natGateway, required } from '../aws/ec2/scene.ts';
import { scene as network } from '../aws/elbv2/scene.ts';
import { refusalOf, sandbox } from '../harness.ts';
import { resultOf, SECOND } from './scene.ts';

const FIRST_CREATE = { operation: 'CreateInternetGateway', nth: 1 };

/** Sends a call with an injected fault. Returns the outcome for the client and the effect in the sandbox. */
async function sendWithFault(failure: Failure) {
  const { ec2, faults, journal } = await sandbox();
  faults.add({ ...FIRST_CREATE, ...failure });
  const giveUp = new AbortController();
  const call = ec2.send(new CreateInternetGatewayCommand({}), { abortSignal: giveUp.signal });
  let settled = false;
  const outcome = call.then(
    () => ({ name: 'ok' }),
    (error: Error & { code?: string; $metadata?: { httpStatusCode?: number } }) => error,
  );
  void outcome.then(() => (settled = true));
  while (journal.entries().length === 0) await eventLoopTurn();
  const { InternetGateways } = await ec2.send(new DescribeInternetGatewaysCommand({}));
  return {
    outcome,
    isSettled: () => settled,
    giveUp: () => giveUp.abort(),
    gatewayCount: InternetGateways?.length,
    entry: journal.entries()[0],
  };
}

describe.each([
  ['lost', 1, 'ok'],
  ['not-done', 0, 'InternalError'],
] as const)('a call with the fault "%s"', (kind, gatewayCount, result) => {
  test.each<[Appearance, object]>([
    ['reset', { code: 'ECONNRESET' }],
    ['500', { name: 'InternalError', $metadata: { httpStatusCode: 500 } }],
    ['cut', { message: expect.stringContaining('aborted') }],
  ])(`looks like "%s" to the client and creates ${gatewayCount} gateways`, async (looks, expectedError) => {
    const call = await sendWithFault({ kind, looks });
    expect(await call.outcome).toMatchObject(expectedError);
    expect(call).toMatchObject({ gatewayCount, entry: { fault: kind, result } });
  });

  test(`gets no response until the client gives up, and creates ${gatewayCount} gateways`, async () => {
    const call = await sendWithFault({ kind, looks: 'silent' });
    expect(call).toMatchObject({ gatewayCount, entry: { fault: kind, result } });
    expect(call.isSettled()).toBe(false);
    call.giveUp();
    expect(await call.outcome).toMatchObject({ name: 'AbortError' });
  });
});

test('a sandbox stops even while clients are waiting for responses that never come', async () => {
  const started = await sandbox();
  const { ec2, faults, journal } = started;
  faults.add({ kind: 'lost', looks: 'silent', nth: 1, times: 'always' });
  const calls = [1, 2, 3].map(() => resultOf(ec2.send(new DescribeVpcsCommand({}))));
  while (journal.entries().length < 3) await eventLoopTurn();
  await started.close();
  expect(await Promise.all(calls)).not.toContain('ok');
});

test('the fault "answer-lost" resets the connection after the call has taken effect', async () => {
  const call = await sendWithFault({ kind: 'answer-lost' });
  expect(await call.outcome).toMatchObject({ code: 'ECONNRESET' });
  expect(call).toMatchObject({ gatewayCount: 1, entry: { fault: 'answer-lost', result: 'ok' } });
});

test('the fault "slow" delays the response, but not the effect of the call', async () => {
  const clock = manualClock();
  const { ec2, faults, region } = await sandbox({ clock, pace: 60 });
  faults.add({ kind: 'slow', ms: 60 * SECOND, operation: 'CreateVpc', nth: 1 });
  let hasResponse = false;
  const call = ec2
    .send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }))
    .finally(() => (hasResponse = true));
  while (region.ec2.vpcs.size === 0) await eventLoopTurn();
  clock.advance(SECOND - 1);
  await ec2.send(new DescribeVpcsCommand({}));
  expect(hasResponse).toBe(false);
  clock.advance(1);
  expect((await call).Vpc?.VpcId).toBe(region.ec2.vpcs.all()[0]?.VpcId);
});

describe('a delayed failure', () => {
  const delayedFailure = (operation: string): Fault => ({
    kind: 'fails-later',
    operation,
    nth: 1,
    code: 'InternalError',
    message: 'by the test',
  });

  test('makes a pending NAT gateway fail with the given reason and frees its address', async () => {
    const { ec2, faults, make, vpc, subnet, clock, region } = await natScene();
    await make.gateway(vpc);
    const address = await make.address();
    faults.add(delayedFailure('CreateNatGateway'));
    const request = { SubnetId: subnet, AllocationId: address, ClientToken: 'one' };
    const { NatGateway } = await ec2.send(new CreateNatGatewayCommand(request));
    const id = required(NatGateway?.NatGatewayId);
    expect(await natGateway(ec2, id)).toMatchObject({ State: 'pending' });
    clock.advance(5 * SECOND);
    expect(await natGateway(ec2, id)).toMatchObject({
      State: 'failed',
      FailureCode: 'InternalError',
      FailureMessage: 'by the test',
    });
    expect(region.ec2.addresses.get(address)?.heldBy).toBeUndefined();
    // Repeating the call with the same client token returns the failed NAT gateway.
    const repeated = await ec2.send(new CreateNatGatewayCommand(request));
    expect(repeated.NatGateway).toMatchObject({ NatGatewayId: id, State: 'failed' });
  });

  test('makes a provisioning load balancer fail with the given reason', async () => {
    const clock = manualClock();
    const scene = await network({ clock, pace: 1 });
    scene.faults.add(delayedFailure('CreateLoadBalancer'));
    await scene.makeBalancer();
    expect(await scene.describeBalancer()).toMatchObject({ State: { Code: 'provisioning' } });
    clock.advance(150 * SECOND);
    expect(await scene.describeBalancer()).toMatchObject({
      State: { Code: 'failed', Reason: 'by the test' },
    });
    expect(scene.journal.entries().filter(({ fault }) => fault === 'fails-later')).toHaveLength(1);
  });

  test('does not affect an existing resource when a repeated create returns it', async () => {
    const clock = manualClock();
    const scene = await network({ clock, pace: 1 });
    await scene.makeBalancer();
    clock.advance(150 * SECOND);
    scene.faults.add(delayedFailure('CreateLoadBalancer'));
    await scene.makeBalancer();
    clock.advance(150 * SECOND);
    expect(await scene.describeBalancer()).toMatchObject({ State: { Code: 'active' } });
  });
});

describe('a repeated failure', () => {
  const expired: Failure = {
    kind: 'refused',
    code: 'ExpiredToken',
    message: 'The token has expired',
    status: 403,
  };

  test('can expire the credentials for every service, starting at a given call', async () => {
    const { ec2, ecs, sts, faults } = await sandbox();
    faults.add({ ...expired, nth: 3, times: 'always' });
    const describeVpcs = () => ec2.send(new DescribeVpcsCommand({}));
    expect([await resultOf(describeVpcs()), await resultOf(describeVpcs())]).toEqual(['ok', 'ok']);
    expect(await refusalOf(describeVpcs())).toEqual({
      code: 'ExpiredToken',
      message: 'The token has expired',
    });
    for (const call of [
      () => ecs.send(new ListClustersCommand({})),
      () => sts.send(new GetCallerIdentityCommand({})),
      describeVpcs,
    ]) {
      expect(await resultOf(call())).toBe('ExpiredToken');
    }
    expect(faults.waiting()).toHaveLength(1);
    faults.clear();
    expect(await resultOf(describeVpcs())).toBe('ok');
  });

  test('applies to the given number of calls and is then no longer pending', async () => {
    const { ec2, faults } = await sandbox();
    faults.add({ ...expired, service: 'ec2', nth: 2, times: 2 });
    const results: string[] = [];
    for (let calls = 0; calls < 5; calls += 1)
      results.push(await resultOf(ec2.send(new DescribeVpcsCommand({}))));
    expect(results).toEqual(['ok', 'ExpiredToken', 'ExpiredToken', 'ok', 'ok']);
    expect(faults.waiting()).toEqual([]);
  });

  test('counts only the calls that match', async () => {
    const { ec2, faults } = await sandbox();
    faults.add({ ...expired, mutating: true, nth: 2, times: 'always' });
    const make = makerOf(ec2);
    expect(await resultOf(make.vpc())).toBe('ok');
    expect(await resultOf(ec2.send(new DescribeVpcsCommand({})))).toBe('ok');
    expect(await resultOf(make.vpc())).toBe('ExpiredToken');
    expect(await resultOf(ec2.send(new DescribeVpcsCommand({})))).toBe('ok');
  });
});

test('the admin API accepts every kind of fault with every appearance', async () => {
  const { url, faults } = await sandbox();
  const given = [
    { kind: 'refused', code: 'ExpiredToken', status: 403, times: 'always' },
    ...APPEARANCES.flatMap((looks) => [
      { kind: 'lost', looks },
      { kind: 'not-done', looks },
    ]),
    { kind: 'slow', ms: 100, times: 3 },
    { kind: 'fails-later', operation: 'CreateNatGateway', code: 'Gateway.NotAttached' },
  ];
  const response = await fetch(`${url}/_sandbox/faults`, { method: 'POST', body: JSON.stringify(given) });
  expect(response.status).toBe(200);
  expect(faults.waiting()).toMatchObject(given);
});
