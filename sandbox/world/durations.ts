/** The durations of AWS's background work, in milliseconds of AWS time. */

/** Real durations; the sources are in the catalogue of AWS semantics (§2 to §7). */
export const durations = {
  /** From the call to the placement in a subnet, which is when a NAT gateway fails if it cannot be created (§2.1). */
  natGatewayPlace: 5_000,
  /** `pending` to `available`: about 90 to 120 s. */
  natGatewayCreate: 110_000,
  /** `deleting` to `deleted`: Terraform sees it after a minute, and can then release the address immediately (§2.2). */
  natGatewayDelete: 54_000,
  /** A deleted NAT gateway stays describable for about an hour. */
  natGatewayForget: 3_600_000,
  /** An elastic IP cannot be released until some seconds after its NAT gateway is deleted (§2.2). */
  addressRelease: 5_000,
  /** `provisioning` to `active`: 90 to 180 s. */
  loadBalancerCreate: 150_000,
  /** The network interfaces of a load balancer outlive it by a minute or more. */
  loadBalancerInterfaceRelease: 45_000,
  /** A target group stays in use for a while after the last rule that named it is deleted. */
  targetGroupRelease: 5_000,
  /** From the scheduler's decision to a task in PROVISIONING. */
  taskCreate: 4_000,
  /** Attaching a task's network interface: PROVISIONING to PENDING. */
  taskAttach: 10_000,
  /** Pulling images: PENDING to ACTIVATING, in addition to the real work. */
  taskPull: 15_000,
  /** Detaching the network interface: DEPROVISIONING to STOPPED. */
  taskDetach: 10_000,
  /** The interval at which the scheduler looks at each service. */
  schedulerTick: 5_000,
  /** A deployment is COMPLETED this long after it is steady. */
  deploymentSettle: 5_000,
  /** Stopped tasks stay visible for at least an hour. */
  stoppedTaskForget: 3_600_000,
  /** `PENDING` to `INSYNC` of a Route 53 change. */
  dnsChange: 30_000,
  /** The time to delete an INACTIVE task definition. */
  taskDefinitionDelete: 5_000,
  /** ECS creates its service-linked role in the background on its first use (§4.2). */
  serviceLinkedRoleCreate: 10_000,
  /** Registering a task with its target groups: ACTIVATING to RUNNING (§4.6). */
  taskActivate: 2_000,
  /** A task without load balancer and health check is healthy this long after RUNNING (documented at minimumHealthyPercent). */
  taskProve: 40_000,
  /** ECS retries to assume a role after about half a minute (§4.2). */
  taskRoleRetry: 30_000,
  /** Images expire within a day after a lifecycle policy selects them. */
  imageExpiry: 86_400_000,
} as const;

export type Duration = keyof typeof durations;

/** The speed at which AWS time passes: `instant`, or a factor (1 is real time, 60 is one minute per second). */
export type Pace = 'instant' | number;

/** The named paces: `instant` for tests, `brisk` for users, `aws` for real durations. */
export const PACES: Readonly<Record<string, Pace>> = { instant: 'instant', brisk: 60, aws: 1 };
