/** Runs a scaling policy when one of its alarms triggers it. */
import type { Region } from '../../world/region.ts';
import type { AlarmRow } from '../cloudwatch/store.ts';
import type { ServiceRow } from '../ecs/store.ts';
import { recordNotScaled, runningCountOf, setDesiredCount } from './activities.ts';
import { stepCapacity, trackingCapacity } from './capacity.ts';
import type { ScalableTargetRow, ScalingPolicyRow } from './store.ts';

/** The default cooldown of ECS services, in seconds. */
const DEFAULT_COOLDOWN = 300;

/** Whether an alarm action is a scaling policy. */
export const isScalingPolicy = (arn: string): boolean =>
  /^arn:[^:]+:autoscaling:[^:]*:[^:]*:scalingPolicy:/.test(arn);

/** The circumstances in which a policy runs. */
interface Scene {
  readonly region: Region;
  readonly policy: ScalingPolicyRow;
  readonly target: ScalableTargetRow;
  readonly service: ServiceRow;
  readonly alarm: AlarmRow;
  /** The newest value of the alarm's statistic. Undefined if a client has set the state of the alarm. */
  readonly value: number | undefined;
}

/**
 * Runs the scaling policy that an alarm action names.
 * @returns the reason why the policy cannot run; undefined if it ran, even if it changed nothing
 * @see https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html
 */
export function triggerPolicy(
  region: Region,
  action: string,
  alarm: AlarmRow,
  value: number | undefined,
): string | undefined {
  const policy = region.autoscaling.policies.find(
    ({ PolicyARN }) => action === PolicyARN || action.startsWith(`${PolicyARN}:createdBy/`),
  );
  const target = region.autoscaling.targets.get(policy?.ResourceId);
  const service = target && region.ecs.services.get(region.arn('ecs', target.ResourceId));
  if (!policy || !target) return 'The scaling policy does not exist';
  if (service?.status !== 'ACTIVE') return 'The service is not active';
  scale({ region, policy, target, service, alarm, value });
  return undefined;
}

function scale(scene: Scene): void {
  const { region, target, service, policy } = scene;
  const current = service.desiredCount;
  const isScaleOutRecent = isWithin(region, target.lastScaleOut?.at, cooldownOf(policy, 'out'));
  const wanted = wantedCapacity(scene, isScaleOutRecent ? target.lastScaleOut?.from : undefined);
  if (wanted === undefined) return;
  const count = Math.min(Math.max(wanted, target.MinCapacity), target.MaxCapacity);
  const now = region.now().getTime();
  if (wanted > current) {
    if (target.SuspendedState?.DynamicScalingOutSuspended) return;
    if (count <= current)
      return notScaled(scene, { Code: 'AlreadyAtMaxCapacity', MaxCapacity: target.MaxCapacity });
    target.lastScaleOut = { at: now, from: current };
    delete target.lastScaleInAt;
    return setCount(scene, count);
  }
  if (wanted === current || isScaleOut(scene)) {
    const Code = isScaleOut(scene) ? 'AlreadyAtDesiredCapacity' : 'AutoScalingAnticipatedFlapping';
    return notScaled(scene, { Code, CurrentCapacity: current });
  }
  if (target.SuspendedState?.DynamicScalingInSuspended || !mayScaleIn(scene)) return;
  if (count >= current)
    return notScaled(scene, { Code: 'AlreadyAtMinCapacity', MinCapacity: target.MinCapacity });
  target.lastScaleInAt = now;
  setCount(scene, count);
}

/** Whether the alarm asks a target tracking policy for more tasks. */
const isScaleOut = ({ policy, alarm }: Scene): boolean =>
  policy.PolicyType === 'TargetTrackingScaling' && alarm.ComparisonOperator.startsWith('GreaterThan');

/**
 * Returns the capacity that the policy asks for, without the bounds of the target.
 * @param before during the cooldown of a scale-out, the capacity before that scale-out. The next scale-out starts from this
 *   capacity, so it includes the tasks that the earlier one added.
 */
function wantedCapacity(scene: Scene, before: number | undefined): number | undefined {
  const { region, policy, service, alarm, value } = scene;
  const { StepScalingPolicyConfiguration: steps, TargetTrackingScalingPolicyConfiguration: tracking } =
    policy;
  if (steps)
    return stepCapacity(steps, before ?? service.desiredCount, (value ?? alarm.Threshold) - alarm.Threshold);
  if (tracking?.TargetValue === undefined) return undefined;
  if (value === undefined) return service.desiredCount + (isScaleOut(scene) ? 1 : -1);
  const capacity = isScaleOut(scene) && before !== undefined ? before : runningCountOf(region, service);
  return trackingCapacity(capacity, value, tracking.TargetValue);
}

/**
 * Whether the service may lose tasks now: not during a deployment or a cooldown, and for target tracking only if all
 * policies of the target that can scale in agree.
 */
function mayScaleIn({ region, policy, target, service }: Scene): boolean {
  if (service.deployments.some(({ rolloutState }) => rolloutState === 'IN_PROGRESS')) return false;
  if (isWithin(region, target.lastScaleInAt, cooldownOf(policy, 'in'))) return false;
  if (policy.PolicyType !== 'TargetTrackingScaling') return true;
  return region.autoscaling.policies
    .filter(({ ResourceId }) => ResourceId === target.ResourceId)
    .filter(({ TargetTrackingScalingPolicyConfiguration: one }) => one && !one.DisableScaleIn)
    .every(({ PolicyARN }) =>
      region.cloudwatch.alarms.find(
        ({ AlarmActions = [], ComparisonOperator, StateValue }) =>
          StateValue === 'ALARM' &&
          ComparisonOperator.startsWith('LessThan') &&
          AlarmActions.some((action) => action.startsWith(PolicyARN)),
      ),
    );
}

/** Returns a cooldown of a policy in seconds. */
function cooldownOf(policy: ScalingPolicyRow, direction: 'in' | 'out'): number {
  const { StepScalingPolicyConfiguration: steps, TargetTrackingScalingPolicyConfiguration: tracking } =
    policy;
  const trackingCooldown = direction === 'in' ? tracking?.ScaleInCooldown : tracking?.ScaleOutCooldown;
  return steps?.Cooldown ?? trackingCooldown ?? DEFAULT_COOLDOWN;
}

const isWithin = (region: Region, since: number | undefined, seconds: number): boolean =>
  since !== undefined && region.now().getTime() - since < region.scaled(seconds * 1000);

const causeOf = ({ alarm, policy }: Scene): string =>
  `monitor alarm ${alarm.AlarmName} in state ${alarm.StateValue} triggered policy ${policy.PolicyName}`;

const setCount = (scene: Scene, count: number): void =>
  setDesiredCount(scene.region, scene.service, scene.target.ResourceId, count, causeOf(scene));

const notScaled = (scene: Scene, reason: Parameters<typeof recordNotScaled>[3]): void =>
  recordNotScaled(scene.region, scene.target.ResourceId, causeOf(scene), reason);
