/** Web ACLs: what each statement matches, the order of the rules, rates, and real requests that are refused. */
import type { FieldToMatch, Rule, Statement, TextTransformation, WebACL } from '@aws-sdk/client-wafv2';
import { describe, expect, test } from '@jest/globals';
import type { RoutedRequest } from '../../../sandbox/balancer/conditions.ts';
import { makeInspector } from '../../../sandbox/balancer/web-acl.ts';
import { ask, defaultRule, FakeWorld, open } from './targets.ts';

const VisibilityConfig = { SampledRequestsEnabled: false, CloudWatchMetricsEnabled: false, MetricName: 'm' };
const request = (changes: Partial<RoutedRequest> = {}): RoutedRequest => ({
  ...{ scheme: 'http', isOnLocalPort: true, method: 'GET', host: 'a', port: 80, query: '', headers: [] },
  ...{ url: '/', rawPath: '/', path: '/', sourceIp: '192.0.2.7' },
  ...changes,
});
const rule = (statement: Statement, Action: Rule['Action'] = { Block: {} }, Name = 'rule'): Rule => ({
  ...{ Name, Priority: 0, Action, VisibilityConfig },
  Statement: statement,
});
const webAcl = (rules: Rule[], DefaultAction: WebACL['DefaultAction'] = { Allow: {} }): WebACL => ({
  ...{ Name: 'edge', Id: '1', ARN: 'arn:edge', VisibilityConfig, DefaultAction },
  Rules: rules,
});
const NONE: TextTransformation[] = [{ Priority: 0, Type: 'NONE' }];
const bytes = (
  text: string,
  PositionalConstraint: 'EXACTLY' | 'STARTS_WITH' | 'ENDS_WITH' | 'CONTAINS' | 'CONTAINS_WORD',
  FieldToMatch: FieldToMatch = { UriPath: {} },
  TextTransformations = NONE,
): Statement => ({
  ByteMatchStatement: {
    SearchString: Buffer.from(text),
    PositionalConstraint,
    FieldToMatch,
    TextTransformations,
  },
});
const ipSet = (ARN: string): Statement => ({ IPSetReferenceStatement: { ARN } });
const inspector = () =>
  makeInspector((arn) => (arn === 'arn:office' ? ['192.0.2.0/24', '2001:db8::/32'] : []));
const AT = new Date(0);
const blocks = (statement: Statement, changes: Partial<RoutedRequest> = {}) =>
  !inspector().allows(webAcl([rule(statement)]), request(changes), AT);

describe('a statement', () => {
  const at = (rawPath: string) => ({ rawPath });
  test.each<[string, Statement, Partial<RoutedRequest>, boolean]>([
    ['the exact path', bytes('/admin', 'EXACTLY'), at('/admin'), true],
    ['only the exact path', bytes('/admin', 'EXACTLY'), at('/admin/x'), false],
    ['the start', bytes('/admin', 'STARTS_WITH'), at('/admin/x'), true],
    ['the end', bytes('.php', 'ENDS_WITH'), at('/x.php'), true],
    ['any part', bytes('wp-', 'CONTAINS'), at('/a/wp-login'), true],
    ['a whole word', bytes('wp', 'CONTAINS_WORD'), at('/a/wp-login'), true],
    ['no part of a word', bytes('log', 'CONTAINS_WORD'), at('/a/wp-login'), false],
    ['the query', bytes('debug', 'CONTAINS', { QueryString: {} }), { query: 'a=1&debug' }, true],
    ['the method', bytes('DELETE', 'EXACTLY', { Method: {} }), { method: 'DELETE' }, true],
    [
      'a header',
      bytes('bot', 'CONTAINS', { SingleHeader: { Name: 'user-agent' } }),
      { headers: [['User-Agent', 'a bot']] },
      true,
    ],
    ['no header that is missing', bytes('', 'CONTAINS', { SingleHeader: { Name: 'x' } }), {}, false],
    [
      'lower case',
      bytes('/admin', 'EXACTLY', { UriPath: {} }, [{ Priority: 0, Type: 'LOWERCASE' }]),
      at('/ADMIN'),
      true,
    ],
    [
      'decoded text',
      bytes('/admin', 'EXACTLY', { UriPath: {} }, [{ Priority: 0, Type: 'URL_DECODE' }]),
      at('/%61dmin'),
      true,
    ],
    [
      'a regular expression',
      {
        RegexMatchStatement: {
          RegexString: '^/v[0-9]+/',
          FieldToMatch: { UriPath: {} },
          TextTransformations: NONE,
        },
      },
      at('/v2/x'),
      true,
    ],
    ['an address in an IP set', ipSet('arn:office'), {}, true],
    ['an IPv6 address in an IP set', ipSet('arn:office'), { sourceIp: '2001:db8::1' }, true],
    ['no other address', ipSet('arn:office'), { sourceIp: '198.51.100.1' }, false],
    ['the opposite', { NotStatement: { Statement: ipSet('arn:office') } }, {}, false],
    [
      'all of two',
      { AndStatement: { Statements: [ipSet('arn:office'), bytes('/a', 'EXACTLY')] } },
      at('/b'),
      false,
    ],
    [
      'one of two',
      { OrStatement: { Statements: [ipSet('arn:none'), bytes('/b', 'EXACTLY')] } },
      at('/b'),
      true,
    ],
  ])('matches %s', (_what, statement, changes, isBlocked) => {
    expect(blocks(statement, changes)).toBe(isBlocked);
  });
});

test('the first rule with a final action decides; a count decides nothing; otherwise the default action does', () => {
  const all = bytes('/', 'STARTS_WITH');
  const allows = (rules: Rule[], action?: WebACL['DefaultAction']) =>
    inspector().allows(webAcl(rules, action), request(), AT);
  expect(allows([], { Block: {} })).toBe(false);
  expect(allows([rule(all, { Allow: {} })], { Block: {} })).toBe(true);
  expect(allows([rule(all, { Count: {} })], { Block: {} })).toBe(false);
  expect(allows([rule(all, { Allow: {} }), rule(all)])).toBe(true);
});

test('a rate limits each address within a window, and only the requests in its scope', () => {
  const waf = inspector();
  const limited = webAcl([
    rule({
      RateBasedStatement: {
        ...{ Limit: 10, EvaluationWindowSec: 60, AggregateKeyType: 'IP' },
        ScopeDownStatement: bytes('/login', 'EXACTLY'),
      },
    }),
  ]);
  const login = (second: number, sourceIp = '192.0.2.7', rawPath = '/login') =>
    waf.allows(limited, request({ rawPath, sourceIp }), new Date(second * 1000));
  for (let second = 0; second < 10; second += 1) expect(login(second)).toBe(true);
  expect(login(10)).toBe(false);
  expect(login(10, '192.0.2.8')).toBe(true);
  expect(login(10, '192.0.2.7', '/')).toBe(true);
  expect(login(300)).toBe(true);
});

test('a blocked request gets a 403 from the load balancer, before any rule of the listener', async () => {
  const world = new FakeWorld();
  world.currentRules = [
    defaultRule({ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '200', MessageBody: 'in' } }),
  ];
  world.webAcl = webAcl([rule(bytes('/admin', 'STARTS_WITH'))]);
  const { port } = await open(world);
  expect(await ask(port, '/')).toMatchObject({ status: 200, body: 'in' });
  const refused = await ask(port, '/admin/users');
  expect(refused).toMatchObject({ status: 403, headers: { server: 'awselb/2.0' } });
  expect(refused.body).toContain('<center><h1>403 Forbidden</h1></center>');
  world.ipSets = { 'arn:here': ['127.0.0.0/8'] };
  world.webAcl = webAcl([rule(ipSet('arn:here'))]);
  expect((await ask(port, '/')).status).toBe(403);
});
