// The conditions of the sandbox's listener rules, through the SDK's own client.
import type { QueryStringKeyValuePair, RuleCondition } from '@aws-sdk/client-elastic-load-balancing-v2';
import { expect, test } from '@jest/globals';
import { refusalOf } from '../../harness.ts';
import { notFound, path, scene } from './scene.ts';

async function conditionScene() {
  const { balancer, createRule, listener } = await scene();
  const ListenerArn = await listener(await balancer());
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

// What is given, and how it is shown where that is not the same.
const accepted: [string, RuleCondition[], RuleCondition[]?][] = [
  ['one legacy path', [{ Field: 'path-pattern', Values: ['/a'] }], [{ ...path('/a'), Values: ['/a'] }]],
  ['a wild host', [host('*.Example.com')], [{ ...host('*.Example.com'), Values: ['*.Example.com'] }]],
  ['every sign a path may have', [path(`/aZ09_-.$/~"'@:+&*?`)]],
  ['one of each', [path('/a'), host('a.b'), method('GET'), source('10.0.0.0/8'), header('X-A', 'b*')]],
  [
    'several headers and queries',
    [header('X-A', 'a'), header('X-B', 'b'), query({ Key: 'a', Value: '1' }), query({ Value: 'b' })],
  ],
  ['a source of IPv6', [source('2001:db8::/32')]],
  ['a regular expression', [regex('^/a+[?]*.*$')]],
  ['a legacy regular expression', [{ Field: 'path-pattern', RegexValues: ['^/a$'] }], [regex('^/a$')]],
  ['five values', [path('/a', '/b', '/c'), host('a.b', 'c.d')]],
];
test.each(accepted.map(([name, given, shown = given]) => ({ name, given, shown })))(
  'takes $name',
  async ({ given, shown }) => {
    const create = await conditionScene();
    const { Rules } = await create(...given);
    expect(Rules?.[0]?.Conditions).toMatchObject(shown);
  },
);

const refused: [string, RuleCondition[], string][] = [
  ['no field', [{ Values: ['/a'] }], 'A condition field must be specified'],
  [
    'another field',
    [{ Field: 'colour', Values: ['red'] }],
    "Condition field 'colour' must be one of '[path-pattern, host-header, http-header, http-request-method, query-string, source-ip]'",
  ],
  [
    'two legacy paths',
    [{ Field: 'path-pattern', Values: ['/a', '/b'] }],
    "The 'path-pattern' field contains too many values; the limit is '1'",
  ],
  [
    'both forms at once',
    [{ ...path('/a'), Values: ['/a'] }],
    "You cannot provide both Values and 'PathPatternConfig' for a condition of type 'path-pattern'",
  ],
  [
    'legacy values of another field',
    [{ Field: 'http-request-method', Values: ['GET'] }],
    "The 'Values' field is not compatible with 'http-request-method'",
  ],
  [
    'the configuration of another field',
    [{ Field: 'host-header', PathPatternConfig: { Values: ['/a'] } }],
    "The 'PathPatternConfig' field is not compatible with 'host-header'",
  ],
  ['no configuration', [{ Field: 'source-ip' }], "A 'SourceIpConfig' must be specified with 'source-ip'"],
  ['no values', [path()], 'A condition value must be specified'],
  ['an empty value', [path('')], 'A condition value must be specified'],
  ['a long path', [path(`/${long}`)], "The 'path-pattern' value is too long; the limit is '128'"],
  ['a path with a space', [path('/a b')], "Condition value '/a b' contains a character that is not valid"],
  ['a long host', [host(`${long}.com`)], "The 'host-header' value is too long; the limit is '128'"],
  ['a host without a dot', [host('web')], "Condition value 'web' contains a character that is not valid"],
  [
    'a host that ends in a number',
    [host('a.b1')],
    "Condition value 'a.b1' contains a character that is not valid",
  ],
  ['no header name', [header(undefined, 'a')], "A 'HttpHeaderName' must be specified with 'http-header'"],
  [
    'a long header name',
    [header('x'.repeat(41), 'a')],
    "The 'HttpHeaderName' value is too long; the limit is '40'",
  ],
  [
    'a header name with a space',
    [header('X A', 'a')],
    "Condition value 'X A' contains a character that is not valid",
  ],
  [
    'the host as a header',
    [header('Host', 'a.b')],
    "The 'Host' header is not valid with 'http-header'; use 'host-header'",
  ],
  ['a small method', [method('get')], "Condition value 'get' contains a character that is not valid"],
  [
    'a query without a value',
    [query({ Key: 'a' })],
    "A 'Value' must be specified in 'QueryStringKeyValuePair'",
  ],
  ['a long query', [query({ Key: long, Value: 'a' })], "The 'Key' value is too long; the limit is '128'"],
  [
    'a source that is no block',
    [source('10.0.0.1')],
    "The 'source-ip' value '10.0.0.1' is not a valid CIDR block",
  ],
  ['a broken regular expression', [regex('(')], "The regex value '(' is not valid"],
  [
    'values and regular expressions at once',
    [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/a'], RegexValues: ['^/b'] } }],
    "You cannot provide both Values and RegexValues for a condition of type 'path-pattern'",
  ],
  ['two path conditions', [path('/a'), path('/b')], "A rule can only have one 'path-pattern' condition"],
  [
    'six values',
    [path('/a', '/b', '/c'), host('a.b', 'c.d', 'e.f')],
    "A rule can only have '5' condition values",
  ],
  ['six wildcards', [path('/*/*/*', '/*/*/?')], "A rule can only have '5' condition wildcards"],
];
test.each(refused)('refuses %s', async (_name, conditions, message) => {
  const create = await conditionScene();
  expect(await refusalOf(create(...conditions))).toEqual({ code: 'ValidationError', message });
});
