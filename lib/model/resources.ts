/** What each step of the architecture leaves behind: the ids of every noun. The compiler holds both rooms to this list. */

export interface Ids {
  vpc: { vpcId: string };
  /** Keys `public-1`, `private-1`, … */
  subnets: { subnetId: string; zone: string };
  internetGateway: { internetGatewayId: string };
  publicRoutes: { routeTableId: string };
  elasticIp: { allocationId: string };
  natGateway: { natGatewayId: string };
  /** One table a zone, keys `private-1`, … */
  privateRoutes: { routeTableId: string };
  /** Keys `balancer`, and the name of each service. */
  securityGroups: { groupId: string };
  logGroup: { logGroupName: string };
  serviceLinkedRole: { roleName: string };
  /** Keys `execution` and `task`. */
  roles: { roleName: string; roleArn: string };
  /** By the key of the container, as are images, target groups and rules. */
  repositories: { repositoryName: string; repositoryUri: string };
  images: { imageUri: string };
  cluster: { clusterArn: string };
  loadBalancer: { loadBalancerArn: string; dnsName: string; hostedZoneId: string };
  targetGroups: { targetGroupArn: string };
  listener: { listenerArn: string };
  rules: { ruleArn: string };
  /** By the name of the service. */
  taskDefinitions: { taskDefinitionArn: string };
  services: { serviceArn: string };
  hostedZone: { hostedZoneId: string };
  record: { recordName: string; hostedZoneId: string };
}

/** The nouns of the architecture: the names of the steps. */
export type Noun = keyof Ids;

/** Things of one noun by their key; a noun of which there is one has the key `''`. */
export type Items<T> = ReadonlyMap<string, T>;
/** The key of a noun of which there is one. */
export const ONLY = '';

/** How a thing is called to people, in the state file and in its tags: `vpc`, `subnets.public-1`. */
export const addressOf = (step: Noun, key: string): string => (key === ONLY ? step : `${step}.${key}`);

/** The one thing of a noun, if it is there. */
export const only = <T>(items: Items<T>): T | undefined => items.get(ONLY);

/** The ids of each noun by name: what the state file keeps of a thing, the telling one first. */
const idFields: { readonly [N in Noun]: readonly (keyof Ids[N] & string)[] } = {
  vpc: ['vpcId'],
  subnets: ['subnetId', 'zone'],
  internetGateway: ['internetGatewayId'],
  publicRoutes: ['routeTableId'],
  elasticIp: ['allocationId'],
  natGateway: ['natGatewayId'],
  privateRoutes: ['routeTableId'],
  securityGroups: ['groupId'],
  logGroup: ['logGroupName'],
  serviceLinkedRole: ['roleName'],
  roles: ['roleName', 'roleArn'],
  repositories: ['repositoryName', 'repositoryUri'],
  images: ['imageUri'],
  cluster: ['clusterArn'],
  loadBalancer: ['loadBalancerArn', 'dnsName', 'hostedZoneId'],
  targetGroups: ['targetGroupArn'],
  listener: ['listenerArn'],
  rules: ['ruleArn'],
  taskDefinitions: ['taskDefinitionArn'],
  services: ['serviceArn'],
  hostedZone: ['hostedZoneId'],
  record: ['recordName', 'hostedZoneId'],
};

/** Picks the ids out of a thing that says more. */
export function idsOf<N extends Noun>(name: N, thing: Ids[N]): Record<string, string> {
  const all = thing as unknown as Record<string, string>;
  return Object.fromEntries(idFields[name].map((field) => [field, all[field] ?? '']));
}

/** How a thing is called in a report: its telling id, short enough for a line. */
export function titleOf<N extends Noun>(name: N, thing: Ids[N]): string {
  const [id = ''] = Object.values(idsOf(name, thing));
  if (name === 'images') return id.replace(/^[^/]*\//, '').replace(/(@sha256:.{12}).*/, '$1…');
  const [kind = '', ...rest] = id.replace(/^arn:aws[\w-]*:[\w-]+:[\w-]*:\d*:/, '').split('/');
  if (!id.startsWith('arn:')) return id;
  // `loadbalancer/app/<name>/<id>` and `targetgroup/<name>/<id>` have names; listeners and rules have ids alone.
  if (kind === 'loadbalancer' || kind === 'targetgroup') return rest.at(-2) ?? id;
  return kind.startsWith('listener') ? (rest.at(-1) ?? id) : rest.join('/');
}
