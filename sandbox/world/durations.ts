/** The durations of AWS's background work, in milliseconds of AWS time. */

/** AWS's durations. The catalogue of AWS semantics has the sources (§2 to §7). */
export const durations = {
  /** From CreateNatGateway to the placement in the subnet. A NAT gateway that cannot work fails at that moment (§2.1). */
  natGatewayPlace: 5_000,
  /** Placement to `available`: about 90 to 120 s. */
  natGatewayCreate: 110_000,
  /** `deleting` to `deleted`: Terraform sees `deleted` after about a minute (§2.2). */
  natGatewayDelete: 54_000,
  /** How long a deleted NAT gateway can still be described: about an hour. */
  natGatewayForget: 3_600_000,
  /** How long AWS refuses to release an elastic IP after its NAT gateway is `deleted`: some seconds (§2.2). */
  addressRelease: 5_000,
  /** How long an IPv6 block is `associating`: some seconds. */
  ipv6Association: 5_000,
  /** `provisioning` to `active`: 90 to 180 s. */
  loadBalancerCreate: 150_000,
  /** How long the network interfaces of a load balancer outlive the load balancer. */
  loadBalancerInterfaceRelease: 45_000,
  /** How long a target group remains in use after its last rule is deleted. */
  targetGroupRelease: 5_000,
  /** From a change of a service to the scheduler's check, which puts new tasks into PROVISIONING. */
  taskCreate: 4_000,
  /** Attaching a task's network interface: PROVISIONING to PENDING. */
  taskAttach: 10_000,
  /** Pulling images: PENDING to ACTIVATING, in addition to the real work. */
  taskPull: 15_000,
  /**
   * How long ECS retries to pull an image inside the task: recorded attempts take 85 to 95 s from the start of the task, 25 s of
   * which precede the pull.
   */
  pullRetry: 63_000,
  /** How long ECS tries to reach ECR without a route, recorded from the start of the pull to the stop. */
  signInTimeout: 271_000,
  /** Detaching the network interface: DEPROVISIONING to STOPPED. */
  taskDetach: 10_000,
  /** The interval at which the scheduler checks a service that is not steady. */
  schedulerTick: 5_000,
  /** From a steady deployment to `COMPLETED`. */
  deploymentSettle: 5_000,
  /** The shortest time in a lifecycle stage of a deployment that shifts traffic; AWS does not document any (U). */
  lifecycleStage: 5_000,
  /** From the creation of a service deployment to its start: a recording shows 0.14 s. */
  serviceDeploymentStart: 140,
  /** From a newer deployment to the end of the one that it replaces: a recording shows 0.29 s. */
  serviceDeploymentStop: 290,
  /** How long a service deployment can still be described: 90 days. */
  serviceDeploymentForget: 90 * 86_400_000,
  /** How long stopped tasks can still be described: at least an hour. */
  stoppedTaskForget: 3_600_000,
  /** From `PENDING` to `INSYNC`, for a change in Route 53. */
  dnsChange: 30_000,
  /** How long the deletion of an INACTIVE task definition takes. */
  taskDefinitionDelete: 5_000,
  /** How long ECS takes to create its service-linked role in the background after its first use (§4.2). */
  serviceLinkedRoleCreate: 10_000,
  /** Registering a task with its target groups: ACTIVATING to RUNNING (§4.6). */
  taskActivate: 2_000,
  /** RUNNING to healthy, for a task without load balancer and health check (documented with minimumHealthyPercent). */
  taskProve: 40_000,
  /** The time from ECS's failure to assume a role to its next attempt: about half a minute (§4.2). */
  taskRoleRetry: 30_000,
  /** From RequestCertificate to the validation records in responses: several seconds (§10). */
  certificateRecords: 5_000,
  /** The interval at which ACM looks for the validation records; a valid request takes 30 s to 5 min (U, §10). */
  certificateCheck: 20_000,
  /** From the validation of all names to `ISSUED` (U, §10). */
  certificateIssue: 20_000,
  /** How long ACM looks for the validation records: 72 hours (§10). */
  certificateTimeout: 72 * 3_600_000,
  /** How long a certificate counts as in use after the last listener stops using it: about 10 s (§10). */
  certificateRelease: 10_000,
  /** How long ACM remembers an idempotency token: one hour (§10). */
  certificateToken: 3_600_000,
  /** From CreateWebACL until WAF can associate the web ACL: some seconds to minutes (§10d). */
  webAclPropagation: 10_000,
  /** The interval at which lifecycle policies are applied: images expire within a day after a policy selects them. */
  imageExpiry: 86_400_000,
} as const;

/**
 * The shortest durations while the data plane runs real programs, in milliseconds of real time. Programs do not start, fail or
 * finish faster at a faster pace.
 */
export const floors = {
  /**
   * How long a task must have been healthy without interruption before it counts. A program that soon crashes has then
   * crashed, and the tasks that it would replace still serve. On AWS, the scheduler's steps take longer than this.
   */
  taskProve: 3_200,
  /**
   * How long a target must have been unhealthy before the scheduler stops its task. On AWS, the scheduler reacts to the load
   * balancer's checks after seconds, so that a client that looks for the cause sees the unhealthy target.
   */
  targetReaction: 1_000,
} as const;

export type Duration = keyof typeof durations;

/** The speed at which AWS time passes: `instant`, or a factor (1 for real time, 60 for one minute per second). */
export type Pace = 'instant' | number;

/** The named paces: `instant` for tests, `brisk` for users, `aws` for real durations. */
export const PACES: Readonly<Record<string, Pace>> = { instant: 'instant', brisk: 60, aws: 1 };
