/** Checks of the conditions of routes: what AWS refuses, and routes that have no effect. */
import { isRouted, shiftsTraffic, type Config } from '../config.ts';
import { shadowedBy } from '../../derive/rule-coverage.ts';
import { desiredRules, ruleIdentity, type DesiredRule } from '../../derive/desired-rules.ts';
import { configuredRules } from '../../derive/rule-priorities.ts';
import type { FieldRule } from '../field-rules.ts';
import { display, pathText } from '../display.ts';
import {
  containersWithServices,
  pathOfContainer,
  pathOfService,
  type Finding,
  type Path,
} from '../finding.ts';
import { headerName, queryKey } from '../route-field-rules.ts';
import type { AnsweredRoute, RouteConditions, RouteToContainer } from '../route-schema.ts';

/** @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html */
const MAX_RULES = 100;
const MAX_VALUES = 5;
const MAX_WILDCARDS = 5;

interface PlacedRoute {
  readonly path: Path;
  readonly route: RouteConditions & Partial<RouteToContainer> & Partial<AnsweredRoute>;
}

/** Lists all routes with their paths in the configuration. */
export function placedRoutes(config: Config): PlacedRoute[] {
  const ofContainers = containersWithServices(config).flatMap(({ service, container }) =>
    (container.routes ?? []).map((route, index) => ({
      path: [...pathOfContainer(service, container, 'routes'), index],
      route,
    })),
  );
  return [
    ...ofContainers,
    ...(config.routes ?? []).map((route, index) => ({ path: ['routes', index], route })),
  ];
}

export function* routesHaveConditions(config: Config): Iterable<Finding> {
  for (const { path, route } of placedRoutes(config)) {
    const { paths, hosts, methods, headers = {}, queries = {}, sources } = route;
    const count = Object.keys(headers).length + Object.keys(queries).length;
    if ([paths, hosts, methods, sources].every((value) => value === undefined) && count === 0)
      yield {
        path,
        value: 'a route without a condition',
        fix: "Add paths, hosts, methods, headers, queries or sources; paths: '/' applies to every request.",
      };
  }
}

export function* routeNamesAreWellFormed(config: Config): Iterable<Finding> {
  for (const { path, route } of placedRoutes(config)) {
    yield* keyFindings([...path, 'headers'], route.headers, headerName, true);
    yield* keyFindings([...path, 'queries'], route.queries, queryKey, true);
  }
}

function* keyFindings(
  path: Path,
  record: object | undefined,
  rule: FieldRule,
  ignoresCase: boolean,
): Iterable<Finding> {
  const seen = new Map<string, string>();
  for (const key of Object.keys(record ?? {})) {
    const name = ignoresCase ? key.toLowerCase() : key;
    const other = seen.get(name);
    const fix = rule(key) ?? (other && `Put its values under ${other}: AWS ignores the case of both.`);
    if (fix !== undefined) yield { path: [...path, key], value: display(key), fix };
    seen.set(name, key);
  }
}

export function* rulesAreWithinLimits(config: Config): Iterable<Finding> {
  const rules = desiredRules(config);
  const reported = new Set<string>();
  for (const { conditions, configPath } of rules) {
    const values = conditions.flatMap((condition) => valuesOf(condition));
    const wildcards = values.join('').match(/[*?]/g)?.length ?? 0;
    const key = pathText(configPath);
    if (reported.has(key) || (values.length <= MAX_VALUES && wildcards <= MAX_WILDCARDS)) continue;
    reported.add(key);
    yield values.length > MAX_VALUES
      ? {
          path: configPath,
          value: `a rule with ${values.length} values: ${values.slice(0, 8).join(', ')}`,
          fix: `Split it into several routes: AWS allows ${MAX_VALUES} values per rule, and a path without a wildcard counts as two, itself and everything below it.`,
        }
      : {
          path: configPath,
          value: `a rule with ${wildcards} wildcards`,
          fix: `Split it into several routes: AWS allows ${MAX_WILDCARDS} wildcards per rule, and a path counts as one.`,
        };
  }
  if (rules.length > MAX_RULES)
    yield {
      path: ['services'],
      value: `${rules.length} rules`,
      fix: `Use at most ${MAX_RULES} paths and routes: AWS allows that many rules per load balancer. Use patterns, or split the stack.`,
    };
}

const valuesOf = (condition: DesiredRule['conditions'][number]): string[] => [
  ...[
    condition.HostHeaderConfig,
    condition.PathPatternConfig,
    condition.HttpRequestMethodConfig,
    condition.HttpHeaderConfig,
    condition.SourceIpConfig,
  ].flatMap((config) => config?.Values ?? []),
  ...(condition.QueryStringConfig?.Values ?? []).map(({ Key, Value }) => `${Key}=${Value}`),
];

/** Two rules for the same requests: the second would never apply. Equal paths of the simple form are reported elsewhere. */
export function* routesAreUnique(config: Config): Iterable<Finding> {
  const seen = new Map<string, DesiredRule>();
  for (const rule of desiredRules(config)) {
    const identity = ruleIdentity(rule.conditions);
    const other = seen.get(identity);
    const areSimple = [rule, other].every((one) => one?.configPath.includes('path'));
    if (other && (!areSimple || other.container?.key === rule.container?.key))
      yield {
        path: rule.configPath,
        value: rule.text,
        fix: `Remove it, or add a condition: ${pathText(other.configPath)} has the same conditions.`,
      };
    else seen.set(identity, rule);
  }
}

export function* prioritiesAreUnique(config: Config): Iterable<Finding> {
  const seen = new Map<number, Path>();
  for (const { path, route } of placedRoutes(config)) {
    if (route.priority === undefined) continue;
    const other = seen.get(route.priority);
    if (other)
      yield { path: [...path, 'priority'], fix: `Use another priority: ${pathText(other)} has this one.` };
    else seen.set(route.priority, path);
  }
}

/** Reports the rules that can never apply. Comparing far too many rules would take minutes; their number is a mistake anyway. */
export function* routesAreReachable(config: Config): Iterable<Finding> {
  if (desiredRules(config).length > MAX_RULES) return;
  const rules = [...configuredRules(config).values()].sort((one, other) => one.priority - other.priority);
  for (const [index, rule] of rules.entries()) {
    const earlier = rules
      .slice(0, index)
      .find((other) => shadowedBy(other.conditions, rule.conditions) === 'all');
    if (earlier && ruleIdentity(earlier.conditions) !== ruleIdentity(rule.conditions))
      yield {
        path: rule.configPath,
        value: `${rule.text}, which never applies`,
        fix: `Give it a priority below ${earlier.priority}, or change ${pathText(earlier.configPath)}: its rule for ${earlier.text} comes first, and matches all of these requests.`,
        basedOn: [earlier.configPath],
      };
  }
}

/** ECS shifts requests by the weights of one rule. @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_AdvancedConfiguration.html */
export function* shiftsHaveOneRule(config: Config): Iterable<Finding> {
  const rules = desiredRules(config);
  for (const service of config.services) {
    if (!shiftsTraffic(service)) continue;
    for (const container of service.containers.filter(isRouted)) {
      const count = rules.filter((rule) => rule.container?.key === container.key).length;
      if (count > 1)
        yield {
          path: pathOfContainer(service, container, container.routes ? 'routes' : 'path'),
          value: `${count} rules with deploy: '${service.deploy.strategy}'`,
          fix: "Use one path or one route, or deploy: 'rolling': ECS shifts the requests of one rule per container.",
          basedOn: [pathOfService(service, 'deploy')],
        };
    }
  }
}
