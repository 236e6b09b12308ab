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
  /** The last access logs of a deleted load balancer arrive within minutes. */
  bucketEmpty: { first: 0, every: s(5), deadline: s(900), usual: s(2) },
  /** `PROVISIONING` to `ACTIVE`. */
  cluster: { first: 0, every: s(2), deadline: s(600), usual: s(2) },
  /** Tasks start within 30 to 90 s, then health checks follow; pulling an image can be slow. */
  deployment: { first: s(10), every: s(3), deadline: s(1200), usual: s(40) },
  /** Every target group has as many healthy targets as there are tasks, and the tasks stay up. */
  targets: { first: 0, every: s(3), deadline: s(600), usual: s(20) },
  /** ECS stops the failed tasks, or starts tasks of the restored version: about 45 s. */
  rollback: { first: 0, every: s(3), deadline: s(600), usual: s(45) },
  /** A one-off task starts within 30 to 90 s, and then runs as long as its command takes; a day is the limit for a release. */
  oneOff: { first: 0, every: s(1), deadline: s(86_400), usual: s(60) },
  /** Draining takes the deregistration delay and the stop timeout. */
  serviceGone: { first: s(5), every: s(3), deadline: s(1200), usual: s(25) },
  /** The name of a deleted service stays taken for a while. */
  serviceName: { first: 0, every: s(1), deadline: s(120), usual: s(10) },
  /** The last tasks stop; until then, their network interfaces exist. */
  tasksGone: { first: s(1), every: s(3), deadline: s(1200), usual: s(10) },
  /** `PENDING` to `INSYNC`, typically within 60 s. */
  dns: { first: s(10), every: s(3), deadline: s(1800), usual: s(30) },
  /** ACM makes the validation records of a new certificate within several seconds. */
  validationRecord: { first: s(3), every: s(2), deadline: s(300), usual: s(6) },
  /** ACM issues a certificate 30 s to 5 min after its records are in DNS, in rare cases after 30 min. */
  certificate: { first: s(10), every: s(5), deadline: s(1800), usual: s(120) },
  /** Lists and filters show deleted resources for up to a minute. */
  leftovers: { first: 0, every: s(5), deadline: s(60), usual: s(5) },
  /** The name resolves, and the load balancer's nodes answer. */
  answer: { first: 0, every: s(2), deadline: s(300), usual: s(5) },
} as const satisfies Record<string, Wait>;

export type WaitName = keyof typeof table;

/** The times for which the tasks of a service must stay up before the service counts as deployed. Milliseconds of real time. */
export interface ProofTimes {
  /** For tasks of a deployment in which no task has exited. */
  readonly upMs: number;
  /** The shortest quiet period after a task has exited. */
  readonly minQuietMs: number;
  /** The longest quiet period after a task has exited. */
  readonly maxQuietMs: number;
}

export type Waits = Readonly<Record<WaitName, Wait>> & { readonly proof: ProofTimes };

/**
 * Programs need the same time on the sandbox as on AWS. A program that lacks something usually exits within seconds, so 6 s are
 * enough to notice it. On AWS that takes no extra time: health checks, or 40 s without them, precede the end of a deployment.
 * After an exit, the next tasks are watched for at least 15 s. Two minutes are the maximum, since a user waits for them.
 */
export const REAL_PROOF: ProofTimes = { upMs: s(6), minQuietMs: s(15), maxQuietMs: s(120) };

/** For endpoints without programs, where nothing can exit. */
export const NO_PROOF: ProofTimes = { upMs: 0, minQuietMs: 0, maxQuietMs: 0 };

/** The waits of real AWS. */
export const awsWaits: Waits = { ...table, proof: REAL_PROOF };

/** The waits of an endpoint that is faster than AWS, such as the sandbox: an immediate first probe, then one every 100 ms. */
export const localWaits: Waits = quickWaits(100);

/**
 * Returns the waits of AWS with an immediate first probe.
 * @param every milliseconds between probes
 * @param proof by default in real time, since real programs run behind the endpoint
 */
export function quickWaits(every: number, proof = REAL_PROOF): Waits {
  const quick = Object.entries(table).map(([name, wait]) => [name, { ...wait, first: 0, every }]);
  return { ...(Object.fromEntries(quick) as Record<WaitName, Wait>), proof };
}
