// In a stack that passes the checks, no two resources of a kind have the same name, whatever its services are called.
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isRouted, type Config } from '../../../../lib/config/config.ts';
import { InvalidConfig } from '../../../../lib/config/mistake.ts';
import { parseConfig } from '../../../../lib/config/parse.ts';
import { FLOW_LOGS, namesOf } from '../../../../lib/derive/names.ts';
import { taskRoleKeys } from '../../../../lib/derive/task-permissions.ts';

/** Names that look like parts of names in AWS. */
const trickyName = fc
  .array(fc.constantFrom('x', 'task', 'http', 'dev'), { minLength: 1, maxLength: 2 })
  .map((parts) => parts.join('-'));
const serviceName = fc.oneof(
  trickyName,
  fc.constantFrom('execution', 'x-execution', 'flow-logs', 'balancer'),
);
const services = fc.dictionary(
  serviceName,
  fc.record({
    isAllowed: fc.boolean(),
    containers: fc.uniqueArray(trickyName, { minLength: 1, maxLength: 2 }),
  }),
  { minKeys: 1, maxKeys: 4 },
);

/** Returns the configuration, or undefined if a check refuses it. */
function configOf(input: Record<string, { isAllowed: boolean; containers: string[] }>): Config | undefined {
  let paths = 0;
  const configured: [string, unknown][] = Object.entries(input).map(([name, { isAllowed, containers }]) => [
    name,
    {
      ...(isAllowed && { permissions: [{ actions: ['sqs:SendMessage'], resources: ['arn:aws:sqs:*:*:x'] }] }),
      containers: Object.fromEntries(
        containers.map((container, index) => [
          container,
          { image: 'nginx:1', port: 5000 + index, path: `/p${(paths += 1)}` },
        ]),
      ),
    },
  ]);
  try {
    const stack = { name: 's', region: 'eu-west-1', services: Object.fromEntries(configured) };
    return parseConfig(stack, { stage: 'dev', target: 'sandbox', folder: '/nowhere' });
  } catch (error) {
    if (error instanceof InvalidConfig) return undefined;
    throw error;
  }
}

/** The names of a stack in AWS, by the kind of resource within which they must be unique. */
function namesIn(config: Config): Record<string, string[]> {
  const names = namesOf(config);
  const containers = config.services.flatMap((service) => service.containers);
  const routed = containers.filter(isRouted);
  return {
    roles: [...new Set([...taskRoleKeys(config), 'execution', 'infrastructure', FLOW_LOGS] as const)].map(
      (key) => names.role(key),
    ),
    securityGroups: ['balancer', ...config.services.map(({ name }) => name)].map((key) =>
      names.securityGroup(key),
    ),
    families: config.services.map(({ name }) => names.family(name)),
    services: config.services.flatMap((service) => [names.service(service), names.successor(service, 0)]),
    repositories: containers.map(({ key }) => names.repository(key)),
    targetGroups: routed.flatMap((one) => [names.targetGroup(one), names.alternateTargetGroup(one)]),
    logGroups: [names.logGroup, names.flowLogGroup],
  };
}

test('names of the same kind differ', () => {
  let accepted = 0;
  fc.assert(
    fc.property(services, (input) => {
      const config = configOf(input);
      if (!config) return;
      accepted += 1;
      for (const [kind, names] of Object.entries(namesIn(config)))
        expect([kind, ...new Set(names)]).toEqual([kind, ...names]);
    }),
  );
  expect(accepted).toBeGreaterThan(10);
});
