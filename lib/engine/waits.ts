/** The waits for AWS: one row each, with the reason for its values. */

/** One wait: when to probe first, how often after that, and when to give up. Milliseconds. */
export interface Wait {
  /** The delay before the first probe. On AWS, no wait of this kind has been observed to end earlier. */
  readonly first: number;
  readonly every: number;
  readonly deadline: number;
  /** The usual duration of the wait, from which the expected duration of a run is computed. */
  readonly usual: number;
}

const s = (seconds: number): number => seconds * 1000;

/** Durations on real AWS; `docs/aws-semantics.md` lists the sources. */
const table = {
  /** A new id or tag becomes visible to lists and filters: EC2 advises waiting for up to 5 minutes. */
  visible: { first: 0, every: s(1), deadline: s(300), usual: s(1) },
  /** `pending` to `available`, 90 to 120 s. */
  natGateway: { first: s(75), every: s(3), deadline: s(600), usual: s(115) },
  /** `provisioning` to `active`, 90 to 180 s. Most of this time has passed when the wait starts. */
  loadBalancer: { first: 0, every: s(3), deadline: s(600), usual: s(150) },
  /** A deleted load balancer is no longer found by its name. */
  loadBalancerGone: { first: 0, every: s(1), deadline: s(120), usual: s(2) },
  /** `deleting` to `deleted`, about a minute. */
  natGatewayGone: { first: s(40), every: s(3), deadline: s(1800), usual: s(55) },
  /** From `deleting` until the endpoint is no longer found; for a gateway endpoint, this takes seconds. */
  vpcEndpointGone: { first: 0, every: s(1), deadline: s(600), usual: s(5) },
  /** The network interfaces of a deleted load balancer linger for minutes. */
  interfacesGone: { first: s(2), every: s(3), deadline: s(1200), usual: s(45) },
  /** `PROVISIONING` to `ACTIVE`. */
  cluster: { first: 0, every: s(2), deadline: s(600), usual: s(2) },
  /** Tasks start within 30 to 90 s, then health checks follow; pulling an image can be slow. */
  deployment: { first: s(10), every: s(3), deadline: s(1200), usual: s(40) },
  /** Every target group has as many healthy targets as there are tasks. */
  targets: { first: 0, every: s(3), deadline: s(600), usual: s(20) },
  /** Draining takes the deregistration delay and the stop timeout. */
  serviceGone: { first: s(5), every: s(3), deadline: s(1200), usual: s(25) },
  /** The name of a deleted service stays taken for a while. */
  serviceName: { first: 0, every: s(1), deadline: s(120), usual: s(10) },
  /** The last tasks stop; until then, their network interfaces exist. */
  tasksGone: { first: s(1), every: s(3), deadline: s(1200), usual: s(10) },
  /** `PENDING` to `INSYNC`, typically within 60 s. */
  dns: { first: s(10), every: s(3), deadline: s(1800), usual: s(30) },
  /** Lists and filters show deleted resources for up to a minute. */
  leftovers: { first: 0, every: s(5), deadline: s(60), usual: s(5) },
  /** The name resolves, and the load balancer's nodes answer. */
  answer: { first: 0, every: s(2), deadline: s(300), usual: s(5) },
} as const satisfies Record<string, Wait>;

export type WaitName = keyof typeof table;
export type Waits = Readonly<Record<WaitName, Wait>>;

/** The waits of real AWS. */
export const awsWaits: Waits = table;

/** The waits of an endpoint that is faster than AWS, such as the sandbox: an immediate first probe, then one every 100 ms. */
export const localWaits: Waits = quickWaits(100);

/**
 * Returns the waits of AWS with an immediate first probe.
 * @param every milliseconds between probes
 */
export function quickWaits(every: number): Waits {
  const quick = Object.entries(table).map(([name, wait]) => [name, { ...wait, first: 0, every }]);
  return Object.fromEntries(quick) as Record<WaitName, Wait>;
}
