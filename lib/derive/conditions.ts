/** The conditions of rules, as AWS takes them, and as text. Pure. */
import type { RuleCondition } from '@aws-sdk/client-elastic-load-balancing-v2';
import { isPattern } from '../config/route-field-rules.ts';
import type { RouteConditions } from '../config/route-schema.ts';

const PATH = 'path-pattern';

/** Returns one string or several as a list. */
export const asList = (value: string | readonly string[] | undefined): readonly string[] =>
  typeof value === 'string' ? [value] : (value ?? []);

/**
 * Returns the patterns that match a path and everything below it. `/api/*` alone does not match `/api`, and `/api*`
 * would match `/apix`.
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
 */
export const patternsOf = (path: string): string[] => (path === '/' ? ['/*'] : [path, `${path}/*`]);

/** Returns the patterns of a path of a route: a path with wildcards is a pattern itself. */
export const routePatterns = (path: string): string[] => (isPattern(path) ? [path] : patternsOf(path));

/** Returns the conditions of a route for some of its paths, sorted, so that the order in the configuration does not matter. */
export function conditionsFor(
  { hosts, methods, headers, queries, sources }: RouteConditions,
  paths: readonly string[],
): RuleCondition[] {
  const values = (value: string | readonly string[] | undefined) => [...asList(value)].sort();
  const patterns = paths.flatMap(routePatterns);
  return [
    ...(hosts === undefined ? [] : [{ Field: 'host-header', HostHeaderConfig: { Values: values(hosts) } }]),
    ...(patterns.length === 0 ? [] : [{ Field: PATH, PathPatternConfig: { Values: patterns } }]),
    ...(methods === undefined
      ? []
      : [{ Field: 'http-request-method', HttpRequestMethodConfig: { Values: values(methods) } }]),
    ...sortedEntries(headers).map(([HttpHeaderName, value]) => ({
      Field: 'http-header',
      HttpHeaderConfig: { HttpHeaderName, Values: values(value) },
    })),
    ...sortedEntries(queries).map(([Key, value]) => ({
      Field: 'query-string',
      QueryStringConfig: { Values: values(value).map((Value) => ({ Key, Value })) },
    })),
    ...(sources === undefined ? [] : [{ Field: 'source-ip', SourceIpConfig: { Values: values(sources) } }]),
  ];
}

const sortedEntries = (
  record: Readonly<Record<string, string | readonly string[]>> | undefined,
): [string, string | readonly string[]][] =>
  Object.entries(record ?? {}).sort(([one], [other]) => (one < other ? -1 : 1));

/** Returns the path patterns of conditions, sorted. Regular expressions begin with a tilde. */
export const pathsIn = (conditions: readonly RuleCondition[]): string[] =>
  conditions
    .filter(({ Field }) => Field === PATH)
    .flatMap(({ PathPatternConfig, Values, RegexValues }) => [
      ...(PathPatternConfig?.Values ?? Values ?? []),
      ...(PathPatternConfig?.RegexValues ?? RegexValues ?? []).map((regex) => `~${regex}`),
    ])
    .sort();

/** Describes all conditions but those on paths: `host www.example.com, method GET or POST`. */
export const otherConditionsText = (conditions: readonly RuleCondition[]): string =>
  conditions
    .filter(({ Field }) => Field !== PATH)
    .map(conditionText)
    .sort()
    .join(', ');

function conditionText(condition: RuleCondition): string {
  const { Field, Values, RegexValues, ...configs } = condition;
  const { HostHeaderConfig: host, HttpRequestMethodConfig: method, HttpHeaderConfig: header } = configs;
  const { QueryStringConfig: query, SourceIpConfig: source } = configs;
  switch (Field) {
    case 'host-header':
      return `host ${anyOf(host?.Values ?? Values, host?.RegexValues ?? RegexValues)}`;
    case 'http-request-method':
      return `method ${anyOf(method?.Values)}`;
    case 'http-header':
      return `header ${header?.HttpHeaderName}: ${anyOf(header?.Values, header?.RegexValues)}`;
    case 'query-string':
      return `query ${anyOf(query?.Values?.map(({ Key, Value }) => (Key === undefined ? `${Value}` : `${Key}=${Value}`)))}`;
    case 'source-ip':
      return `source ${anyOf(source?.Values)}`;
    default:
      return JSON.stringify(condition);
  }
}

const anyOf = (values: readonly string[] = [], regexes: readonly string[] = []): string =>
  [...[...values].sort(), ...regexes.map((regex) => `~${regex}`)].join(' or ');
