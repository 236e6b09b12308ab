// The conditions of the sandbox's listener rules, through the SDK's client.
import type { QueryStringKeyValuePair, RuleCondition } from '@aws-sdk/client-elastic-load-balancing-v2';
import { expect, test } from '@jest/globals';
import { refusalOf } from '../../harness.ts';
import { notFound, path, scene } from './scene.ts';

async function conditionScene() {
  const { makeBalancer, createRule, makeListener } = await scene();
  const ListenerArn = await makeListener(await makeBalancer());
  return (...conditions: RuleCondition[]) => createRule(ListenerArn, 1, notFound, ...conditions);
}

const long = 'x'.repeat(129);
const host = (...Values: string[]): RuleCondition => ({ Field: 'host-header', HostHeaderConfig: { Values } });
const header = (HttpHeaderName: string | undefined, ...Values: string[]): RuleCondition => ({
  Field: 'http-header',
  HttpHeaderConfig: { HttpHeaderName, Values },
});
const method = (...Values: string[]): RuleCondition => ({
  Field: 'http-request-method',
  HttpRequestMethodConfig: { Values },
});
const query = (pair: QueryStringKeyValuePair): RuleCondition => ({
  Field: 'query-string',
  QueryStringConfig: { Values: [pair] },
});
const source = (...Values: string[]): RuleCondition => ({
  Field: 'source-ip',
  SourceIpConfig: { Values },
});
const regex = (...RegexValues: string[]): RuleCondition => ({
  Field: 'path-pattern',
  PathPatternConfig: { RegexValues },
});

// Each case has a name, the given conditions and, if the API shows different conditions, those as well.
const acceptedConditions: [string, RuleCondition[], RuleCondition[]?][] = [
  [
    'one path in the legacy notation',
    [{ Field: 'path-pattern', Values: ['/a'] }],
    [{ ...path('/a'), Values: ['/a'] }],
  ],
  [
    'a host with a wildcard',
    [host('*.Example.com')],
    [{ ...host('*.Example.com'), Values: ['*.Example.com'] }],
  ],
  ['a path with every special character that is allowed', [path(`/aZ09_-.$/~"'@:+&*?`)]],
  [
    'a condition on each of five fields',
    [path('/a'), host('a.b'), method('GET'), source('10.0.0.0/8'), header('X-A', 'b*')],
  ],
  [
    'several header and query conditions',
    [header('X-A', 'a'), header('X-B', 'b'), query({ Key: 'a', Value: '1' }), query({ Value: 'b' })],
  ],
  ['an IPv6 source', [source('2001:db8::/32')]],
  ['a path as a regular expression', [regex('^/a+[?]*.*$')]],
  [
    'a path as a regular expression in the legacy notation',
    [{ Field: 'path-pattern', RegexValues: ['^/a$'] }],
    [regex('^/a$')],
  ],
  ['five condition values', [path('/a', '/b', '/c'), host('a.b', 'c.d')]],
];
test.each(acceptedConditions.map(([name, given, shown = given]) => ({ name, given, shown })))(
  'a rule with $name is accepted',
  async ({ given, shown }) => {
    const create = await conditionScene();
    const { Rules } = await create(...given);
    expect(Rules?.[0]?.Conditions).toMatchObject(shown);
  },
);

const refusedConditions: [string, RuleCondition[], string][] = [
  ['a condition without a field', [{ Values: ['/a'] }], 'A condition field must be specified'],
  [
    'an unknown field',
    [{ Field: 'colour', Values: ['red'] }],
    "Condition field 'colour' must be one of '[path-pattern, host-header, http-header, http-request-method, query-string, source-ip]'",
  ],
  [
    'two paths in the legacy notation',
    [{ Field: 'path-pattern', Values: ['/a', '/b'] }],
    "The 'path-pattern' field contains too many values; the limit is '1'",
  ],
  [
    'one condition in both notations',
    [{ ...path('/a'), Values: ['/a'] }],
    "You cannot provide both Values and 'PathPatternConfig' for a condition of type 'path-pattern'",
  ],
  [
    'the legacy notation for a field that does not allow it',
    [{ Field: 'http-request-method', Values: ['GET'] }],
    "The 'Values' field is not compatible with 'http-request-method'",
  ],
  [
    'the configuration of a different field',
    [{ Field: 'host-header', PathPatternConfig: { Values: ['/a'] } }],
    "The 'PathPatternConfig' field is not compatible with 'host-header'",
  ],
  [
    'a field without its configuration',
    [{ Field: 'source-ip' }],
    "A 'SourceIpConfig' must be specified with 'source-ip'",
  ],
  ['a condition without values', [path()], 'A condition value must be specified'],
  ['an empty condition value', [path('')], 'A condition value must be specified'],
  ['a path that is too long', [path(`/${long}`)], "The 'path-pattern' value is too long; the limit is '128'"],
  ['a path with a space', [path('/a b')], "Condition value '/a b' contains a character that is not valid"],
  [
    'a host that is too long',
    [host(`${long}.com`)],
    "The 'host-header' value is too long; the limit is '128'",
  ],
  ['a host without a dot', [host('web')], "Condition value 'web' contains a character that is not valid"],
  [
    'a host that ends in a digit',
    [host('a.b1')],
    "Condition value 'a.b1' contains a character that is not valid",
  ],
  [
    'a header condition without a header name',
    [header(undefined, 'a')],
    "A 'HttpHeaderName' must be specified with 'http-header'",
  ],
  [
    'a header name that is too long',
    [header('x'.repeat(41), 'a')],
    "The 'HttpHeaderName' value is too long; the limit is '40'",
  ],
  [
    'a header name with a space',
    [header('X A', 'a')],
    "Condition value 'X A' contains a character that is not valid",
  ],
  [
    'a header condition on the Host header',
    [header('Host', 'a.b')],
    "The 'Host' header is not valid with 'http-header'; use 'host-header'",
  ],
  ['a method in lower case', [method('get')], "Condition value 'get' contains a character that is not valid"],
  [
    'a query condition without a value',
    [query({ Key: 'a' })],
    "A 'Value' must be specified in 'QueryStringKeyValuePair'",
  ],
  [
    'a query key that is too long',
    [query({ Key: long, Value: 'a' })],
    "The 'Key' value is too long; the limit is '128'",
  ],
  [
    'a source that is not a CIDR block',
    [source('10.0.0.1')],
    "The 'source-ip' value '10.0.0.1' is not a valid CIDR block",
  ],
  ['an invalid regular expression', [regex('(')], "The regex value '(' is not valid"],
  ['a lookahead', [regex('^/(?=a)')], "The regex value '^/(?=a)' is not valid"],
  ['a backreference', [regex('(a)\\1')], "The regex value '(a)\\1' is not valid"],
  [
    'an explosive repetition',
    [regex('((a{999}){999}){999}')],
    "The regex value '((a{999}){999}){999}' is not valid",
  ],
  [
    'both values and regular expressions in one condition',
    [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/a'], RegexValues: ['^/b'] } }],
    "You cannot provide both Values and RegexValues for a condition of type 'path-pattern'",
  ],
  ['two path conditions', [path('/a'), path('/b')], "A rule can only have one 'path-pattern' condition"],
  [
    'six condition values',
    [path('/a', '/b', '/c'), host('a.b', 'c.d', 'e.f')],
    "A rule can only have '5' condition values",
  ],
  ['six wildcards', [path('/*/*/*', '/*/*/?')], "A rule can only have '5' condition wildcards"],
];
test.each(refusedConditions)('a rule with %s is refused', async (_name, conditions, message) => {
  const create = await conditionScene();
  expect(await refusalOf(create(...conditions))).toEqual({ code: 'ValidationError', message });
});
