// Slow start: which targets enter it, and how their share of the requests grows.
import {
  ModifyTargetGroupAttributesCommand,
  RegisterTargetsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { expect, test } from '@jest/globals';
import { setTargetHealth } from '../../../../sandbox/aws/elbv2/targets.ts';
import { targetsOf } from '../../../../sandbox/data-plane/checked-groups.ts';
import { manualClock } from '../../../../sandbox/world/clock.ts';
import { forwardTo, scene } from './scene.ts';

/** A target group in use with three targets, at AWS's pace. Its targets are checked only by the test. */
async function slowStartScene(seconds: string) {
  const clock = manualClock();
  const plane = { startTask: () => {}, stopTask: () => {}, checksTargets: true };
  const { elbv2, makeBalancer, makeListener, makeTargetGroup, region } = await scene({
    clock,
    pace: 1,
    plane,
  });
  const TargetGroupArn = await makeTargetGroup();
  const slowStart = (Value: string) => {
    const Attributes = [{ Key: 'slow_start.duration_seconds', Value }];
    return elbv2.send(new ModifyTargetGroupAttributesCommand({ TargetGroupArn, Attributes }));
  };
  await slowStart(seconds);
  await makeListener(await makeBalancer(), forwardTo(TargetGroupArn));
  clock.advance(300_000);
  const ips = ['10.0.1.11', '10.0.1.12', '10.0.1.13'];
  await elbv2.send(new RegisterTargetsCommand({ TargetGroupArn, Targets: ips.map((Id) => ({ Id })) }));
  const become = (State: 'healthy' | 'unhealthy', ...indexes: number[]) => {
    for (const index of indexes) setTargetHealth(region, TargetGroupArn, ips[index] ?? '', 5000, { State });
  };
  const shares = () =>
    targetsOf(region, region.elbv2.targetGroups.get(TargetGroupArn)).map(({ share }) => share);
  return { clock, become, shares, slowStart };
}

test('the share of a target grows linearly, until it is full', async () => {
  const { clock, become, shares } = await slowStartScene('60');
  become('healthy', 0);
  become('healthy', 1);
  expect(shares()).toEqual([undefined, 0, undefined]);
  clock.advance(15_000);
  expect(shares()).toEqual([undefined, 0.25, undefined]);
  clock.advance(15_000);
  become('healthy', 2);
  expect(shares()).toEqual([undefined, 0.5, 0]);
  clock.advance(30_000);
  expect(shares()).toEqual([undefined, undefined, 0.5]);
});

test('a target of a group without another warm target gets its full share at once', async () => {
  const { become, shares } = await slowStartScene('60');
  become('healthy', 0);
  expect(shares()).toEqual([undefined, undefined, undefined]);
});

test('a target that becomes unhealthy leaves slow start, and enters it again when it recovers', async () => {
  const { clock, become, shares } = await slowStartScene('60');
  become('healthy', 0, 1);
  clock.advance(30_000);
  become('unhealthy', 1);
  expect(shares()).toEqual([undefined, undefined, undefined]);
  become('healthy', 1);
  expect(shares()).toEqual([undefined, 0, undefined]);
});

test('healthy targets do not enter slow start when it is enabled; without it, no target does', async () => {
  const { become, shares, slowStart } = await slowStartScene('0');
  become('healthy', 0, 1);
  expect(shares()).toEqual([undefined, undefined, undefined]);
  await slowStart('30');
  expect(shares()).toEqual([undefined, undefined, undefined]);
  become('healthy', 2);
  expect(shares()).toEqual([undefined, undefined, 0]);
});
