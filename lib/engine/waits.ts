/** How long AWS takes: one table for every wait, with the reason of each row. */

/** One wait: when to look first, how often after that, and when to give up. Milliseconds. */
export interface Wait {
  /** No look before this: AWS was never seen to be faster. */
  readonly first: number;
  readonly every: number;
  readonly deadline: number;
}

const s = (seconds: number): number => seconds * 1000;

/** Real durations; sources in the catalogue of AWS semantics. */
const table = {
  /** An id that is not found right after its create, or a tag that is not filtered by yet: EC2 advises up to 5 min. */
  visible: { first: 0, every: s(1), deadline: s(300) },
  /** `pending` to `available`, 90 to 120 s. */
  natGateway: { first: s(75), every: s(3), deadline: s(600) },
  /** `provisioning` to `active`, 90 to 180 s, mostly over when it is waited for. */
  loadBalancer: { first: 0, every: s(3), deadline: s(600) },
  /** One that is deleted is not found by its name any more. */
  loadBalancerGone: { first: 0, every: s(1), deadline: s(120) },
  /** `deleting` to `deleted`, about a minute. */
  natGatewayGone: { first: s(40), every: s(3), deadline: s(1800) },
  /** The network interfaces of what was deleted linger for minutes. */
  interfacesGone: { first: s(2), every: s(3), deadline: s(1200) },
  cluster: { first: 0, every: s(2), deadline: s(600) },
  /** Tasks start in 30 to 90 s, health checks follow; image pulls can be slow. */
  deployment: { first: s(10), every: s(3), deadline: s(1200) },
  targets: { first: 0, every: s(3), deadline: s(600) },
  /** Draining lasts for the deregistration delay and the stop timeout. */
  serviceGone: { first: s(5), every: s(3), deadline: s(1200) },
  /** The name of a service stays taken for a while after it is gone. */
  serviceName: { first: 0, every: s(1), deadline: s(120) },
  tasksGone: { first: s(1), every: s(3), deadline: s(1200) },
  /** `PENDING` to `INSYNC`, typically within 60 s. */
  dns: { first: s(10), every: s(3), deadline: s(1800) },
  /** Lists and filters show for up to a minute what is gone. */
  leftovers: { first: 0, every: s(5), deadline: s(60) },
  /** The name resolves, the load balancer's nodes answer. */
  answer: { first: 0, every: s(2), deadline: s(300) },
} as const satisfies Record<string, Wait>;

export type WaitName = keyof typeof table;
export type Waits = Readonly<Record<WaitName, Wait>>;

/** The waits of real AWS. */
export const awsWaits: Waits = table;

/** The waits of an endpoint that is quicker than AWS, such as the sandbox: the first look at once, more of them soon. */
export const localWaits: Waits = quickWaits(100);

/** The first look at once, and more of them every so many milliseconds. */
export function quickWaits(every: number): Waits {
  const quick = Object.entries(table).map(([name, { deadline }]) => [name, { first: 0, every, deadline }]);
  return Object.fromEntries(quick) as Record<WaitName, Wait>;
}
