/** The architecture: it declares every noun once. Other lists of nouns are derived from it, or checked against it. */

/** The AWS services whose calls find the resources of a stack. */
export type AwsService = 'acm' | 'ec2' | 'ecr' | 'ecs' | 'elbv2' | 'iam' | 'logs' | 'route53' | 's3';

/** The declaration of a noun. */
interface Declaration {
  /** The service that its look calls first. `lib/look/by-service/<service>.ts` exports the look under the noun's name. */
  readonly service: AwsService;
  /** The ids that the state file keeps, the identifying one first. */
  readonly ids: readonly [string, ...string[]];
  /** The nouns that must exist first. Nouns are declared after the nouns that they need. */
  readonly needs: readonly string[];
  /** The number of calls that its look makes in sequence, if more than two: a survey starts the longest looks first. */
  readonly lookDepth?: number;
  /** The noun whose deletion also deletes this one. */
  readonly deletedWith?: string;
  /**
   * Whether AWS generates the first of the ids and never reuses it. A recorded id then proves ownership, even if the tags are
   * lost. EC2's nouns do not need this flag: `describeOurs` restores their lost tags.
   */
  readonly uniqueId?: true;
  /** Whether a teardown skips the noun, because it outlives the stack or is deleted with another noun. */
  readonly skippedByTeardown?: true;
}

/**
 * A step starts as soon as the nouns that it needs are done, so that the longest waits begin early. The load balancer does not
 * wait for the NAT gateway, since only tasks need egress. The services wait for the rules, since ECS refuses a target group
 * that no rule refers to. The record comes last, so that DNS never points at nothing.
 */
export const architecture = {
  serviceLinkedRole: { service: 'iam', ids: ['roleName'], needs: [], skippedByTeardown: true },
  /** Keys `execution` and `task`, `infrastructure` if ECS shifts requests, and `flow-logs` if there is a flow log. */
  roles: { service: 'iam', ids: ['roleName', 'roleArn'], needs: [], lookDepth: 3 },
  /** The output of the containers has no key; the records of the flow log have the key `flow-logs`. */
  logGroup: { service: 'logs', ids: ['logGroupName'], needs: [] },
  /** The bucket for the access logs of the load balancer, if the stack has its own. */
  logBucket: { service: 's3', ids: ['bucketName'], needs: [] },
  /** Keyed by container, like images, target groups and rules. A container may have a second target group. */
  repositories: { service: 'ecr', ids: ['repositoryName', 'repositoryUri'], needs: [] },
  images: {
    service: 'ecr',
    ids: ['imageUri'],
    needs: ['repositories'],
    deletedWith: 'repositories',
    skippedByTeardown: true,
  },
  vpc: { service: 'ec2', ids: ['vpcId'], needs: [] },
  internetGateway: { service: 'ec2', ids: ['internetGatewayId'], needs: ['vpc'] },
  flowLog: { service: 'ec2', ids: ['flowLogId'], needs: ['roles', 'logGroup', 'vpc'] },
  /** Keys `public-1`, `private-1`, … */
  subnets: { service: 'ec2', ids: ['subnetId', 'zone'], needs: ['vpc'] },
  /** Keys `balancer`, and the name of each service. */
  securityGroups: { service: 'ec2', ids: ['groupId'], needs: ['vpc'] },
  publicRoutes: { service: 'ec2', ids: ['routeTableId'], needs: ['vpc', 'subnets', 'internetGateway'] },
  elasticIp: { service: 'ec2', ids: ['allocationId'], needs: [] },
  natGateway: {
    service: 'ec2',
    ids: ['natGatewayId'],
    needs: ['elasticIp', 'subnets', 'internetGateway', 'publicRoutes'],
  },
  /** One table per zone, keys `private-1`, … */
  privateRoutes: { service: 'ec2', ids: ['routeTableId'], needs: ['vpc', 'subnets', 'natGateway'] },
  /** The gateway endpoint for S3. ECR stores images in S3, so pulling an image does not use the NAT gateway. */
  gatewayEndpoint: { service: 'ec2', ids: ['vpcEndpointId'], needs: ['vpc', 'privateRoutes'] },
  hostedZone: { service: 'route53', ids: ['hostedZoneId'], needs: [] },
  certificate: { service: 'acm', ids: ['certificateArn'], needs: [], lookDepth: 3, uniqueId: true },
  /** The records that prove to ACM who owns the names of the certificate. Keyed by name; a wildcard shares its parent's record. */
  validationRecords: {
    service: 'route53',
    ids: ['recordName', 'hostedZoneId'],
    needs: ['hostedZone', 'certificate'],
    lookDepth: 5,
  },
  loadBalancer: {
    service: 'elbv2',
    ids: ['loadBalancerArn', 'dnsName', 'hostedZoneId'],
    needs: ['subnets', 'securityGroups', 'internetGateway', 'logBucket'],
    lookDepth: 3,
    uniqueId: true,
  },
  targetGroups: { service: 'elbv2', ids: ['targetGroupArn'], needs: ['vpc'], lookDepth: 4, uniqueId: true },
  /** Two with HTTPS: the one on port 80 has no key, the one on port 443 has the key `https`. */
  listener: {
    service: 'elbv2',
    ids: ['listenerArn'],
    needs: ['loadBalancer', 'hostedZone', 'certificate', 'validationRecords'],
    deletedWith: 'loadBalancer',
    uniqueId: true,
  },
  rules: {
    service: 'elbv2',
    ids: ['ruleArn'],
    needs: ['listener', 'targetGroups'],
    lookDepth: 5,
    deletedWith: 'listener',
    uniqueId: true,
  },
  cluster: { service: 'ecs', ids: ['clusterArn'], needs: ['serviceLinkedRole'] },
  /** Keyed by the name of the service, like services. */
  taskDefinitions: {
    service: 'ecs',
    ids: ['taskDefinitionArn'],
    needs: ['roles', 'logGroup', 'images'],
    lookDepth: 3,
    uniqueId: true,
  },
  services: {
    service: 'ecs',
    ids: ['serviceArn'],
    needs: [
      'cluster',
      'roles',
      'taskDefinitions',
      'rules',
      'targetGroups',
      'subnets',
      'securityGroups',
      'privateRoutes',
      'loadBalancer',
    ],
    lookDepth: 3,
  },
  /** Keyed by name, except the one of `domain.name`. */
  record: {
    service: 'route53',
    ids: ['recordName', 'hostedZoneId'],
    needs: ['hostedZone', 'loadBalancer', 'services'],
    lookDepth: 6,
  },
} as const satisfies Readonly<Record<string, Declaration>>;

type Architecture = typeof architecture;

/** A kind of resource in the architecture, e.g. `vpc` or `subnets`. */
export type Noun = keyof Architecture;

/** The nouns that a noun needs. */
export type Needs<N extends Noun> = Architecture[N]['needs'][number];

/** The AWS service of a noun. */
export type ServiceOf<N extends Noun> = Architecture[N]['service'];

/** The ids of one resource of each noun. */
export type Ids = { [N in Noun]: { [Field in Architecture[N]['ids'][number]]: string } };

/** All nouns, each after the nouns that it needs. */
export const nouns = Object.keys(architecture) as Noun[];

/** The declaration of a noun, with its optional members. */
export const declarationOf = (noun: Noun): Declaration => architecture[noun];

/** The nouns that each noun needs, as a graph. */
export const needs = Object.fromEntries(nouns.map((noun) => [noun, architecture[noun].needs])) as unknown as {
  readonly [N in Noun]: readonly Needs<N>[];
};

/** The nouns that are deleted together with a noun, directly or indirectly. */
export function nounsDeletedWith(noun: Noun): Noun[] {
  const deletedDirectly = nouns.filter((other) => declarationOf(other).deletedWith === noun);
  return deletedDirectly.flatMap((other) => [other, ...nounsDeletedWith(other)]);
}

/** The nouns that a teardown removes and looks for again. */
export const nounsToTearDown: readonly Noun[] = nouns.filter(
  (noun) => !declarationOf(noun).skippedByTeardown,
);

// Checks that every noun that a declaration refers to is itself declared.
architecture satisfies {
  readonly [N in Noun]: { readonly needs: readonly Noun[]; readonly deletedWith?: Noun };
};
