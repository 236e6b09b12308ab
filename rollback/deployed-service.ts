/** Describes a service as it will be after a rollback: with the containers of the earlier revision. Pure. */
import type { TaskDefinition } from '@aws-sdk/client-ecs';
import type { Config, Container, Service } from '../lib/config/config.ts';
import { completeDeploy } from '../lib/config/complete.ts';
import { Health } from '../lib/config/health-schema.ts';
import { settingsIn } from '../lib/derive/container-settings.ts';
import { attachmentsIn } from '../lib/derive/load-balancer-text.ts';
import { alternateKey } from '../lib/derive/target-group-pairs.ts';
import type { FoundService } from '../lib/look/services.ts';
import type { Survey } from '../lib/look/found.ts';
import type { Ids } from '../lib/model/architecture.ts';
import type { Items } from '../lib/model/resources.ts';
import { rollbackRefused } from './choose.ts';

/**
 * Checks that the load balancer can reach the containers of a revision. A rollback changes only the task definition: the target
 * groups, the rules and the security group belong to the ports of the revision in service.
 * @throws ROLLBACK_REFUSED if a container is missing or has another port
 */
export function checkPorts(
  service: string,
  revision: number,
  existing: FoundService,
  { containerDefinitions = [] }: TaskDefinition,
): void {
  const differences = attachmentsIn(existing.loadBalancers).flatMap(({ container, port }) => {
    const definition = containerDefinitions.find(({ name }) => name === container);
    if (!definition) return [`Revision ${revision} has no container ${container}.`];
    const ports = (definition.portMappings ?? []).map(({ containerPort }) => containerPort);
    if (ports.includes(port)) return [];
    const listens = ports.length === 0 ? 'has no port' : `has the port ${ports.join(', ')}`;
    return [
      `The load balancer sends requests to port ${port} of ${container}, which ${listens} in revision ${revision}.`,
    ];
  });
  if (differences.length === 0) return;
  throw rollbackRefused(
    `Revision ${revision} of ${service} does not fit the load balancer.`,
    [...new Set(differences)].join('\n'),
    `Restore the containers and ports of revision ${revision} in slipway.config.ts, and then npm run provision`,
    `or npm run history -- ${service}, to choose another revision`,
  );
}

/** A service after a rollback, and the target groups that its tasks join. */
export interface DeployedService {
  readonly service: Service;
  /** The target groups, under the keys of their containers, and the alternate ones under theirs. */
  readonly targetGroups: Items<Ids['targetGroups']>;
}

/**
 * Describes a service after a rollback. The configuration supplies only the settings that ECS does not know. It may be ahead of
 * the revision, and may lack the service.
 * @param found the survey, whose rules contain the paths
 */
export function serviceAfterRollback(
  { services }: Pick<Config, 'services'>,
  key: string,
  existing: FoundService,
  { containerDefinitions = [], cpu, memory }: TaskDefinition,
  found: Pick<Survey, 'rules'>,
): DeployedService {
  const configured = services.find(({ name }) => name === key);
  const attachments = attachmentsIn(existing.loadBalancers);
  const rules = [...found.rules.values()];
  const containers = containerDefinitions.map((definition): Container => {
    const { name = '', image = '', environment = [], secrets = [], repositoryCredentials } = definition;
    const base = configured?.containers.find((container) => container.name === name);
    const groups = attachments.filter(({ container }) => container === name);
    const rule = rules.find(({ targetGroupArn }) =>
      groups.some((group) => [group.targetGroupArn, group.alternateArn].includes(targetGroupArn)),
    );
    const path = rule && pathIn(rule.paths);
    return {
      ...(base ?? UNKNOWN_CONTAINER),
      name,
      key: `${key}-${name}`,
      image: { reference: image },
      port: groups[0]?.port ?? definition.portMappings?.[0]?.containerPort,
      path,
      essential: definition.essential ?? true,
      ...settingsIn(definition),
      environment: Object.fromEntries(
        environment.map(({ name: variable = '', value = '' }) => [variable, value]),
      ),
      environmentFile: undefined,
      secrets: Object.fromEntries(
        secrets.map(({ name: variable = '', valueFrom = '' }) => [variable, valueFrom]),
      ),
      registryCredentials: repositoryCredentials?.credentialsParameter,
      health: base?.health ?? { ...Health.parse({}), path: path ?? '/', matcher: '200-299' },
    };
  });
  const service: Service = {
    ...(configured ?? {
      ...WITHOUT_PERMISSIONS,
      graceSeconds: existing.graceSeconds ?? 0,
      deploy: completeDeploy('rolling'),
    }),
    name: key,
    cpu: Number(cpu ?? 0),
    memory: Number(memory ?? 0),
    count: existing.desiredCount,
    containers,
  };
  return {
    service,
    targetGroups: new Map(
      attachments.flatMap(({ container, targetGroupArn, alternateArn }) => {
        const groupKey = `${key}-${container}`;
        const primary: [string, Ids['targetGroups']] = [groupKey, { targetGroupArn }];
        return alternateArn === undefined
          ? [primary]
          : [primary, [alternateKey(groupKey), { targetGroupArn: alternateArn }]];
      }),
    ),
  };
}

/** Returns the path in the patterns of a rule, e.g. `/api` in `/api` and `/api/*`. */
const pathIn = (patterns: readonly string[]): string | undefined =>
  patterns.map((pattern) => pattern.replace(/\/?\*$/, '') || '/').sort((a, b) => a.length - b.length)[0];

/** The permissions of a service that the configuration no longer has. A rollback does not change roles. */
const WITHOUT_PERMISSIONS = {
  permissions: [],
  managedPolicies: [],
  taskRole: undefined,
  executionRole: undefined,
};

/** The settings of a container that the configuration no longer has. */
const UNKNOWN_CONTAINER = {
  protocol: 'HTTP',
  command: undefined,
  readOnlyRoot: false,
  user: undefined,
  stopSeconds: 30,
} as const;
