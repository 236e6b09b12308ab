/** A load balancer of an ECS service as one line, for comparisons and plans, and back. Pure. */
import type { LoadBalancer } from '@aws-sdk/client-ecs';

/** Formats a load balancer of a service as one line. */
export function loadBalancerText({
  containerName,
  containerPort,
  targetGroupArn,
  advancedConfiguration,
}: LoadBalancer): string {
  const { alternateTargetGroupArn, productionListenerRule, roleArn } = advancedConfiguration ?? {};
  const shifting = advancedConfiguration
    ? ` or ${alternateTargetGroupArn}, by ${productionListenerRule} as ${roleArn}`
    : '';
  return `${containerName}:${containerPort} → ${targetGroupArn}${shifting}`;
}

/** A container that is a target of a load balancer. */
export interface Attachment {
  readonly container: string;
  readonly port: number;
  readonly targetGroupArn: string;
  /** The group that gets the requests after every second deployment, if ECS shifts requests. */
  readonly alternateArn: string | undefined;
}

/** Reads the lines that `loadBalancerText` has formatted. */
export const attachmentsIn = (lines: readonly string[]): Attachment[] =>
  lines.flatMap((line) => {
    const [, container = '', port, targetGroupArn = '', alternateArn] =
      /^(.+?):(\d+) → (\S+)(?: or (\S+),.*)?$/.exec(line) ?? [];
    return port === undefined ? [] : [{ container, port: Number(port), targetGroupArn, alternateArn }];
  });

/** Returns the target groups of a load balancer: if ECS shifts requests, either of two may get them. */
export const targetGroupArnsOf = ({ targetGroupArn, advancedConfiguration }: LoadBalancer): string[] =>
  [targetGroupArn, advancedConfiguration?.alternateTargetGroupArn].filter((arn) => arn !== undefined);
