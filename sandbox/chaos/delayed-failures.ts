/** Things that a call made well and that fail in the background, since a fault says so. */
import type { CreateNatGatewayResult } from '@aws-sdk/client-ec2';
import type { CreateLoadBalancerOutput } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Region } from '../world/region.ts';

/** What it says when it has failed. */
interface Failure {
  readonly code: string;
  readonly message: string;
}

const WAYS = {
  /** When it is to find its place: §2.1 has the codes. */
  CreateNatGateway(region: Region, { NatGateway }: CreateNatGatewayResult, failure: Failure) {
    const nat = region.ec2.natGateways.get(NatGateway?.NatGatewayId);
    if (nat?.State === 'pending') nat.doom = failure;
  },
  /** When it would have become active; the reason is its message. */
  CreateLoadBalancer(region: Region, { LoadBalancers }: CreateLoadBalancerOutput, { message }: Failure) {
    const balancer = region.elbv2.loadBalancers.get(LoadBalancers?.[0]?.LoadBalancerArn);
    if (balancer?.State?.Code === 'provisioning') balancer.doom = message;
  },
} as const;

/** The operations of which a failure can come later. */
export const FAIL_LATER = Object.keys(WAYS) as (keyof typeof WAYS)[];

/** Dooms what a call has made. A repeat that answers with something that has long been there dooms nothing. */
export function failLater(region: Region, operation: string, output: object, failure: Failure): void {
  if (Object.hasOwn(WAYS, operation)) WAYS[operation as keyof typeof WAYS](region, output, failure);
}
