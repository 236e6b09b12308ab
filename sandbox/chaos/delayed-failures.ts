/** Injected delayed failures: the call succeeds, and the resource that it creates fails later, in the background. */
import type { RequestCertificateResponse } from '@aws-sdk/client-acm';
import type { CreateNatGatewayResult } from '@aws-sdk/client-ec2';
import type { CreateLoadBalancerOutput } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Region } from '../world/region.ts';

/** The code and message that the failed resource shows. */
interface FailureReason {
  readonly code: string;
  readonly message: string;
}

/** The functions that make the created resource fail later, by operation. */
const FAILURE_SETTERS = {
  /** The NAT gateway fails when it would be placed in its subnet. §2.1 lists the codes. */
  CreateNatGateway(region: Region, { NatGateway }: CreateNatGatewayResult, failure: FailureReason) {
    const nat = region.ec2.natGateways.get(NatGateway?.NatGatewayId);
    if (nat?.State === 'pending') nat.pendingFailure = failure;
  },
  /** The load balancer fails when it would become active. The load balancer shows the message as its reason. */
  CreateLoadBalancer(
    region: Region,
    { LoadBalancers }: CreateLoadBalancerOutput,
    { message }: FailureReason,
  ) {
    const balancer = region.elbv2.loadBalancers.get(LoadBalancers?.[0]?.LoadBalancerArn);
    if (balancer?.State?.Code === 'provisioning') balancer.pendingFailure = message;
  },
  /** The certificate fails when its names would be validated. The code is the reason, such as `DOMAIN_NOT_ALLOWED`. */
  RequestCertificate(
    region: Region,
    { CertificateArn }: RequestCertificateResponse,
    { code }: FailureReason,
  ) {
    const certificate = region.acm.certificates.get(CertificateArn);
    if (certificate?.Status === 'PENDING_VALIDATION') certificate.pendingFailure = code;
  },
} as const;

/** The operations whose resources can fail later. */
export const DELAYED_FAILURE_OPERATIONS = Object.keys(FAILURE_SETTERS) as (keyof typeof FAILURE_SETTERS)[];

/**
 * Makes the resource that a call created fail later. Has no effect when the call only returned an existing resource.
 */
export function failLater(region: Region, operation: string, output: object, failure: FailureReason): void {
  if (Object.hasOwn(FAILURE_SETTERS, operation))
    FAILURE_SETTERS[operation as keyof typeof FAILURE_SETTERS](region, output, failure);
}
