/** Injected failures that come later: the call succeeds, and the resource that it creates fails in the background. */
import type { CreateNatGatewayResult } from '@aws-sdk/client-ec2';
import type { CreateLoadBalancerOutput } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Region } from '../world/region.ts';

/** The code and message that the failed resource shows. */
interface FailureReason {
  readonly code: string;
  readonly message: string;
}

const OPERATIONS = {
  /** Fails when it would be placed in its subnet: the codes are in §2.1. */
  CreateNatGateway(region: Region, { NatGateway }: CreateNatGatewayResult, failure: FailureReason) {
    const nat = region.ec2.natGateways.get(NatGateway?.NatGatewayId);
    if (nat?.State === 'pending') nat.pendingFailure = failure;
  },
  /** Fails when it would become active; its reason is the message. */
  CreateLoadBalancer(
    region: Region,
    { LoadBalancers }: CreateLoadBalancerOutput,
    { message }: FailureReason,
  ) {
    const balancer = region.elbv2.loadBalancers.get(LoadBalancers?.[0]?.LoadBalancerArn);
    if (balancer?.State?.Code === 'provisioning') balancer.pendingFailure = message;
  },
} as const;

/** The operations whose resources can fail later. */
export const CAN_FAIL_LATER = Object.keys(OPERATIONS) as (keyof typeof OPERATIONS)[];

/** Lets the resource that a call created fail later. A repeated call that returns an existing resource changes nothing. */
export function failLater(region: Region, operation: string, output: object, failure: FailureReason): void {
  if (Object.hasOwn(OPERATIONS, operation))
    OPERATIONS[operation as keyof typeof OPERATIONS](region, output, failure);
}
