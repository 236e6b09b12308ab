/** The rules that a configuration asks for: one for each path of a container, and those of its routes. Pure. */
import type { Action, RuleCondition, RuleTransform } from '@aws-sdk/client-elastic-load-balancing-v2';
import { pathsOf, routesOf, type Config, type RoutedContainer } from '../config/config.ts';
import type { Path } from '../config/finding.ts';
import { isPattern } from '../config/route-field-rules.ts';
import type { AnsweredRoute, RouteConditions } from '../config/route-schema.ts';
import { conditionsFor, asList, otherConditionsText, pathsIn } from './conditions.ts';
import { HTTPS } from './listeners.ts';
import { shortHash } from './names.ts';
import { transformsFor } from './transforms.ts';

/** A rule that the configuration asks for. */
export interface DesiredRule {
  readonly key: string;
  /** What clients request, for people: `/api1`, or `GET www.example.com/api1`. */
  readonly text: string;
  readonly conditions: readonly RuleCondition[];
  readonly transforms: readonly RuleTransform[];
  /** The longest path, or a pattern, which the specificity of the rule depends on. */
  readonly path: string;
  readonly hosts: readonly string[];
  /** The number of conditions on other parts of the request than its path and its host. */
  readonly otherCount: number;
  /** The priority that the configuration gives to the rule. */
  readonly explicitPriority: number | undefined;
  /** The container that gets the requests; undefined if the load balancer answers them. */
  readonly container: RoutedContainer | undefined;
  /** The action of a rule without a container. */
  readonly action: Action | undefined;
  /** The path of the route in the configuration. */
  readonly configPath: Path;
}

/** Separates the key of a container, or the kind of an action, from the rest of the key of a rule. */
const SEPARATOR = ':';

/** Returns the key of the container of a rule. */
export const containerOfRule = (ruleKey: string): string => ruleKey.split(SEPARATOR)[0] ?? '';

/**
 * Returns the key of an existing rule of the listener that forwards no requests according to the configuration.
 * @param listener the key of that listener
 * @param rest the key of the desired rule with the same conditions, or anything else that identifies the rule
 */
export const keyOnOtherListener = (listener: string, rest: string): string =>
  `${listener === HTTPS ? 'https' : 'http'}${SEPARATOR}${rest}`;

/** Returns the key of the desired rule that a rule of the other listener was; undefined for a rule of the serving listener. */
export const keyBeforeMove = (key: string): string | undefined => /^https?:(.+)$/.exec(key)?.[1];

/** Identifies a rule by its conditions, in any order. */
export const ruleIdentity = (conditions: readonly RuleCondition[]): string =>
  `${pathsIn(conditions).join(' or ')} | ${otherConditionsText(conditions)}`;

type Draft = Omit<DesiredRule, 'key'> & { readonly owner: string };

/** Lists the rules of a stack. A container's only rule has the key of the container. */
export function desiredRules(config: Config): DesiredRule[] {
  const drafts = [
    ...routesOf(config).flatMap(containerDrafts),
    ...(config.routes ?? []).flatMap(answeredDrafts),
  ];
  const counts = new Map<string, number>();
  for (const { owner } of drafts) counts.set(owner, (counts.get(owner) ?? 0) + 1);
  const taken = new Set<string>();
  return drafts.map(({ owner, ...rule }) => {
    const isOnly = rule.container && counts.get(owner) === 1;
    const short = isOnly ? owner : `${owner}${SEPARATOR}${slugOf(rule.text)}`;
    const key = taken.has(short) ? `${short}-${shortHash(4, ruleIdentity(rule.conditions))}` : short;
    taken.add(key);
    return { key, ...rule };
  });
}

/** Tags cannot contain all characters of patterns, and a name should be short. */
function slugOf(text: string): string {
  const slug = text.replace(/[^\w/.:=+@-]+/g, '_');
  return slug === text && slug.length <= 40 ? slug : `${slug.slice(0, 40)}-${shortHash(4, text)}`;
}

function containerDrafts({ service, container }: ReturnType<typeof routesOf>[number]): Draft[] {
  const base: Path = ['services', service.name, 'containers', container.name];
  const target = { owner: container.key, container, action: undefined };
  return [
    ...pathsOf(container).map((path, index) => ({
      ...target,
      ...ruleParts({}, [path]),
      transforms: transformsFor(container, [path]),
      configPath: [...base, 'path', ...(pathsOf(container).length > 1 ? [index] : [])],
    })),
    ...(container.routes ?? []).flatMap((route, index) =>
      pathGroups(route).map((paths) => ({
        ...target,
        ...ruleParts(route, paths),
        transforms: transformsFor(route, paths),
        configPath: [...base, 'routes', index],
      })),
    ),
  ];
}

const answeredDrafts = (route: AnsweredRoute, index: number): Draft[] =>
  pathGroups(route).map((paths) => ({
    ...ruleParts(route, paths),
    owner: route.redirect ? 'redirect' : 'respond',
    transforms: [],
    container: undefined,
    action: actionOf(route),
    configPath: ['routes', index],
  }));

/** Each path has its own rule, because its priority depends on it; with a given priority, all paths share one rule. */
function pathGroups({ paths, priority }: RouteConditions): string[][] {
  const sorted = [...asList(paths)].sort();
  if (sorted.length === 0) return [[]];
  return priority === undefined ? sorted.map((path) => [path]) : [sorted];
}

function ruleParts(route: RouteConditions, paths: readonly string[]) {
  const conditions = conditionsFor(route, paths);
  const hosts = asList(route.hosts);
  const others = otherConditionsText(conditions.filter(({ Field }) => Field !== 'host-header'));
  const { methods, headers = {}, queries = {}, sources } = route;
  return {
    conditions,
    text: [`${[...hosts].sort().join('|')}${paths.join('|') || (hosts.length > 0 ? '' : '/')}`, others]
      .filter(Boolean)
      .join(' '),
    path: paths.reduce(
      (longest, path) => (literalLength(path) > literalLength(longest) ? path : longest),
      '/',
    ),
    hosts,
    otherCount:
      Number(methods !== undefined) +
      Number(sources !== undefined) +
      Object.keys(headers).length +
      Object.keys(queries).length,
    explicitPriority: route.priority,
  };
}

/** The number of characters of a path before its first wildcard. */
export const literalLength = (path: string): number =>
  isPattern(path) ? Math.max(path.search(/[*?]/), 1) : path.length;

/** The action of a route that the load balancer answers on its own, with all members as AWS shows them. */
function actionOf({ redirect, respond }: AnsweredRoute): Action {
  if (!redirect)
    return {
      Type: 'fixed-response',
      FixedResponseConfig: {
        StatusCode: String(respond?.status),
        ContentType: respond?.contentType,
        ...(respond?.body !== undefined && { MessageBody: respond.body }),
      },
    };
  const { protocol, host, port, path, query, permanent } = redirect;
  return {
    Type: 'redirect',
    RedirectConfig: {
      Protocol: protocol ?? '#{protocol}',
      Port: port ?? defaultPort(protocol),
      Host: host ?? '#{host}',
      Path: path ?? '/#{path}',
      Query: query ?? '#{query}',
      StatusCode: permanent ? 'HTTP_301' : 'HTTP_302',
    },
  };
}

/** With another protocol, the port of the request would be wrong. */
const defaultPort = (protocol: 'HTTP' | 'HTTPS' | undefined): string =>
  protocol === undefined ? '#{port}' : protocol === 'HTTPS' ? '443' : '80';
