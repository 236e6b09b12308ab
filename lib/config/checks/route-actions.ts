/** Checks of what routes do: rewrites, redirects and fixed responses. */
import { pathsOf, type Config } from '../config.ts';
import { asList, otherConditionsText, pathsIn, routePatterns } from '../../derive/conditions.ts';
import { desiredRules, literalLength, type DesiredRule } from '../../derive/desired-rules.ts';
import { coversPattern } from '../../derive/rule-coverage.ts';
import { containersWithServices, pathOfContainer, type Finding, type Path } from '../finding.ts';
import { countGroups, groupsIn, isPattern } from '../route-field-rules.ts';
import type { AnsweredRoute, RouteConditions } from '../route-schema.ts';
import { placedRoutes } from './routes.ts';

export function* transformsAreUsable(config: Config): Iterable<Finding> {
  for (const { service, container } of containersWithServices(config))
    if (container.stripPath && (pathsOf(container).length === 0 || pathsOf(container).includes('/')))
      yield {
        path: pathOfContainer(service, container, 'stripPath'),
        fix: 'Add a path other than /, or remove stripPath: there is nothing to strip.',
        basedOn: [pathOfContainer(service, container, 'path')],
      };
  for (const { path, route } of placedRoutes(config)) {
    const { stripPath, rewrite, paths } = route;
    const texts = asList(paths);
    if (stripPath && rewrite?.url)
      yield {
        path: [...path, 'rewrite', 'url'],
        fix: 'Remove it or stripPath: AWS allows one rewrite of the URL per rule.',
      };
    if (stripPath && (texts.length === 0 || texts.some((text) => text === '/' || isPattern(text))))
      yield {
        path: [...path, 'stripPath'],
        fix: 'Use paths without wildcards other than /, or use rewrite.url: only such a path can be stripped.',
      };
    for (const part of ['url', 'host'] as const) {
      const { regex = '', replace = '' } = rewrite?.[part] ?? {};
      const groups = countGroups(regex);
      const missing = groupsIn(replace).find((group) => group > groups);
      if (missing !== undefined)
        yield {
          path: [...path, 'rewrite', part, 'replace'],
          fix: `Use groups up to $${groups}: the regular expression has ${groups === 0 ? 'no group' : `${groups}`}.`,
        };
    }
  }
}

/** The rules of the load balancer for its own answers: see docs/aws-semantics.md. */
export function* answersAreUsable(config: Config): Iterable<Finding> {
  const rules = desiredRules(config);
  for (const [index, { redirect, respond, ...route }] of (config.routes ?? []).entries()) {
    const path: Path = ['routes', index];
    if ((redirect === undefined) === (respond === undefined)) {
      yield {
        path,
        value: redirect ? 'redirect and respond' : 'a route without an answer',
        fix: 'Use either redirect or respond.',
      };
      continue;
    }
    if (respond && respond.status >= 300 && respond.status < 400)
      yield {
        path: [...path, 'respond', 'status'],
        fix: 'Use 2xx, 4xx or 5xx, or use redirect: AWS refuses others.',
      };
    if (!redirect) continue;
    if (redirect.protocol === 'HTTP' && config.domain?.https)
      yield {
        path: [...path, 'redirect', 'protocol'],
        fix: 'Leave it out: AWS refuses a redirect from HTTPS to HTTP.',
        basedOn: [['domain', 'https']],
      };
    if (leadsToItself(route, redirect, rules, config.domain?.https ?? false))
      yield {
        path: [...path, 'redirect'],
        value: 'a redirect to a URL that it applies to',
        fix: 'Change the host or the path, or narrow the conditions: clients would be redirected without end.',
      };
  }
}

/**
 * Whether every redirect leads to a URL that the same route redirects again. A keyword stands for any characters.
 * @param rules all rules of the stack: one of them may come first for that URL
 */
function leadsToItself(
  route: RouteConditions,
  { protocol, host = '#{host}', port = '#{port}', path = '/#{path}' }: NonNullable<AnsweredRoute['redirect']>,
  rules: readonly DesiredRule[],
  isHttps: boolean,
): boolean {
  const { paths, hosts, headers, queries } = route;
  const usual = isHttps ? 'HTTPS' : 'HTTP';
  if ((protocol ?? usual) !== usual || ![isHttps ? '443' : '80', '#{port}'].includes(port)) return false;
  if (headers !== undefined || queries !== undefined) return host === '#{host}' && path === '/#{path}';
  const isSameHost =
    host === '#{host}' ||
    hosts === undefined ||
    asList(hosts).some((pattern) =>
      coversPattern(pattern, withAnyText(host.toLowerCase().replaceAll('#{host}', pattern))),
    );
  const target = withAnyText(path);
  const isSamePath =
    path === '/#{path}' ||
    paths === undefined ||
    asList(paths)
      .flatMap(routePatterns)
      .some((pattern) => coversPattern(pattern, target));
  return isSameHost && isSamePath && !rules.some((rule) => comesFirst(rule, route, target));
}

const withAnyText = (text: string): string => text.replace(/#\{\w+\}/g, '*');

/** Whether a rule for paths alone certainly gets the requests for a path, because its path is longer than those of a route. */
function comesFirst(
  { conditions, path, explicitPriority }: DesiredRule,
  { paths, hosts, priority }: RouteConditions,
  target: string,
): boolean {
  if (hosts !== undefined || priority !== undefined || explicitPriority !== undefined) return false;
  return (
    otherConditionsText(conditions) === '' &&
    asList(paths ?? '/').every((text) => literalLength(path) > literalLength(text)) &&
    pathsIn(conditions).some((pattern) => coversPattern(pattern, target))
  );
}
