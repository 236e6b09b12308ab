/** The conditions of rules, the selection of the rule for a request, and the actions of rules. */
import { describe, expect, test } from '@jest/globals';
import type { Action, Rule, RuleCondition } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { RoutedRequest } from '../../../sandbox/balancer/conditions.ts';
import { matchesCondition } from '../../../sandbox/balancer/conditions.ts';
import { chooseRule, decide } from '../../../sandbox/balancer/rules.ts';

function request(changes: Partial<RoutedRequest> = {}): RoutedRequest {
  const path = changes.rawPath ?? changes.path ?? '/api1/orders';
  return {
    scheme: 'http',
    isOnLocalPort: true,
    method: 'GET',
    host: 'shop.example.com',
    port: 8080,
    url: path,
    rawPath: path,
    path,
    query: '',
    headers: [],
    sourceIp: '192.0.2.7',
    ...changes,
  };
}

const path = (...values: string[]): RuleCondition => ({
  Field: 'path-pattern',
  PathPatternConfig: { Values: values },
});
const forward = (arn: string): Action => ({ Type: 'forward', TargetGroupArn: arn });
const rule = (priority: string, conditions: RuleCondition[], action: Action): Rule => ({
  Priority: priority,
  Conditions: conditions,
  Actions: [action],
});
const fallback = rule('default', [], { Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404' } });

describe('a rule condition', () => {
  const header = (name: string, ...values: string[]): RuleCondition => ({
    Field: 'http-header',
    HttpHeaderConfig: { HttpHeaderName: name, Values: values },
  });
  const host = (...values: string[]): RuleCondition => ({
    Field: 'host-header',
    HostHeaderConfig: { Values: values },
  });
  const method = (...values: string[]): RuleCondition => ({
    Field: 'http-request-method',
    HttpRequestMethodConfig: { Values: values },
  });
  const query = (...values: { Key?: string; Value: string }[]): RuleCondition => ({
    Field: 'query-string',
    QueryStringConfig: { Values: values },
  });
  const sourceIp = (...values: string[]): RuleCondition => ({
    Field: 'source-ip',
    SourceIpConfig: { Values: values },
  });

  test.each<[string, RuleCondition, Partial<RoutedRequest>, boolean]>([
    ['a legacy path value', { Field: 'path-pattern', Values: ['/api1*'] }, {}, true],
    ['a path value', path('/api1', '/api1/*'), {}, true],
    ['a path value in a different case', path('/API1/*'), {}, false],
    ['a path value that only the query contains', path('*secret*'), { query: 'a=secret' }, false],
    ['a path condition without values', { Field: 'path-pattern' }, {}, false],
    [
      'a path regex with a flag',
      { Field: 'path-pattern', PathPatternConfig: { RegexValues: ['^/(?i)API1/'] } },
      {},
      true,
    ],
    ['a path regex', { Field: 'path-pattern', PathPatternConfig: { RegexValues: ['^/api\\d+/'] } }, {}, true],
    ['a legacy host value', { Field: 'host-header', Values: ['SHOP.example.com'] }, {}, true],
    ['a host value', host('*.example.com'), {}, true],
    ['a different host', host('example.com'), {}, false],
    ['a host regex', { Field: 'host-header', HostHeaderConfig: { RegexValues: ['^shop\\.'] } }, {}, true],
    ['a header', header('user-agent', '*CHROME*'), { headers: [['User-Agent', 'a Chrome 1']] }, true],
    ['an absent header', header('user-agent', '*'), {}, false],
    [
      'the second line of a header',
      header('x-a', 'two'),
      {
        headers: [
          ['X-A', 'one'],
          ['x-a', 'Two'],
        ],
      },
      true,
    ],
    [
      'a header regex',
      { Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'a', RegexValues: ['^\\d$'] } },
      { headers: [['A', '7']] },
      true,
    ],
    ['a method', method('POST', 'GET'), {}, true],
    ['a method in a different case', method('get'), {}, false],
    ['a query pair', query({ Key: 'version', Value: 'v1' }), { query: 'a=b&Version=V1' }, true],
    [
      'a query pair with a different value',
      query({ Key: 'version', Value: 'v1' }),
      { query: 'version=v2' },
      false,
    ],
    ['a query value for any key', query({ Value: 'example' }), { query: 'q=example' }, true],
    ['a query value with wildcards', query({ Key: 'v', Value: 'v?.*' }), { query: 'v=v1.20' }, true],
    ['an escaped star in a query value', query({ Value: 'a\\*' }), { query: 'q=ab' }, false],
    ['an encoded query value', query({ Value: 'a b' }), { query: 'q=a%20b' }, true],
    ['a query with a stray percent sign', query({ Value: '100%' }), { query: 'q=100%' }, true],
    ['a source address', sourceIp('198.51.100.0/24', '192.0.2.0/24'), {}, true],
    ['a source address in a different network', sourceIp('192.0.2.8/32'), {}, false],
    ['an IPv6 source address', sourceIp('2001:db8::/32'), { sourceIp: '2001:db8::1' }, true],
    ['an IPv4 source address against an IPv6 network', sourceIp('::/0'), {}, false],
    ['an unknown field', { Field: 'weather', Values: ['*'] }, {}, false],
  ])('is evaluated for %s', (_, condition, changes, expected) => {
    expect(matchesCondition(condition, request(changes))).toBe(expected);
  });
});

describe('rules', () => {
  test('apply only when all their conditions are satisfied', () => {
    const both = [
      path('/api1/*'),
      { Field: 'http-request-method', HttpRequestMethodConfig: { Values: ['POST'] } },
    ];
    const rules = [rule('1', both, forward('posts')), fallback];
    expect(chooseRule(rules, request())?.Priority).toBe('default');
    expect(chooseRule(rules, request({ method: 'POST' }))?.Priority).toBe('1');
  });

  test('are evaluated in order, and the first match applies', () => {
    const rules = [
      rule('10', [path('/api1/orders')], forward('a')),
      rule('20', [path('/api1/*')], forward('b')),
      fallback,
    ];
    expect(chooseRule(rules, request())?.Priority).toBe('10');
    expect(chooseRule(rules, request({ path: '/api1/x' }))?.Priority).toBe('20');
    expect(chooseRule(rules, request({ path: '/api10' }))?.Priority).toBe('default');
  });
});

describe('actions', () => {
  const decisionFor = (action: Action, changes: Partial<RoutedRequest> = {}, drawn = 0): unknown =>
    decide([rule('default', [], action)], request(changes), () => drawn);

  test('can forward to a single target group', () => {
    expect(decisionFor(forward('arn'))).toEqual({ kind: 'forward', targetGroupArn: 'arn' });
    expect(
      decisionFor({ Type: 'forward', ForwardConfig: { TargetGroups: [{ TargetGroupArn: 'arn' }] } }),
    ).toEqual({
      kind: 'forward',
      targetGroupArn: 'arn',
    });
  });

  test('can forward to weighted target groups in proportion to their weights', () => {
    const TargetGroups = [
      { TargetGroupArn: 'none', Weight: 0 },
      { TargetGroupArn: 'blue', Weight: 3 },
      { TargetGroupArn: 'green', Weight: 1 },
    ];
    const decisions = Array.from({ length: 100 }, (_, index) =>
      decide(
        [rule('default', [], { Type: 'forward', ForwardConfig: { TargetGroups } })],
        request(),
        () => index / 100,
      ),
    );
    const countOf = (arn: string): number =>
      decisions.filter((each) => each.kind === 'forward' && each.targetGroupArn === arn).length;
    expect([countOf('none'), countOf('blue'), countOf('green')]).toEqual([0, 75, 25]);
  });

  test('fail when all weights are 0', () => {
    const TargetGroups = [{ TargetGroupArn: 'blue', Weight: 0 }];
    expect(decisionFor({ Type: 'forward', ForwardConfig: { TargetGroups } })).toEqual({
      kind: 'fail',
      status: 503,
    });
  });

  test('can return a fixed response', () => {
    const FixedResponseConfig = { StatusCode: '418', ContentType: 'application/json', MessageBody: '{}' };
    expect(decisionFor({ Type: 'fixed-response', FixedResponseConfig })).toEqual({
      kind: 'fixed-response',
      status: 418,
      contentType: 'application/json; charset=utf-8',
      body: '{}',
    });
  });

  test.each<[string, Action['RedirectConfig'], Partial<RoutedRequest>, string]>([
    [
      'to HTTPS',
      {
        Protocol: 'HTTPS',
        Port: '443',
        Host: '#{host}',
        Path: '/#{path}',
        Query: '#{query}',
        StatusCode: 'HTTP_301',
      },
      { query: 'a=b' },
      'https://shop.example.com:443/api1/orders?a=b',
    ],
    [
      'keeping the parts that are not given',
      { Path: '/new', StatusCode: 'HTTP_302' },
      {},
      'http://shop.example.com:8080/new',
    ],
    [
      'with a keyword inside a path',
      { Path: '/new/#{path}', StatusCode: 'HTTP_302' },
      { query: 'x' },
      'http://shop.example.com:8080/new/api1/orders?x',
    ],
    [
      'with every keyword',
      {
        Host: 'www.#{host}',
        Path: '/#{host}/#{port}/#{path}',
        Query: 'from=#{protocol}&#{query}',
        StatusCode: 'HTTP_302',
      },
      { query: 'a=b' },
      'http://www.shop.example.com:8080/shop.example.com/8080/api1/orders?from=http&a=b',
    ],
    [
      'with the original path',
      { Port: '81', StatusCode: 'HTTP_302' },
      { rawPath: '/a/../%61' },
      'http://shop.example.com:81/a/../%61',
    ],
  ])('can redirect %s', (_, RedirectConfig, changes, location) => {
    const status = RedirectConfig?.StatusCode === 'HTTP_301' ? 301 : 302;
    expect(decisionFor({ Type: 'redirect', RedirectConfig }, changes)).toEqual({
      kind: 'redirect',
      status,
      location,
    });
  });
});
