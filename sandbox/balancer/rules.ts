/** Which rule of a listener applies to a request, and what its action asks for. */
import type {
  Action,
  RedirectActionConfig,
  Rule,
  TargetGroupTuple,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { RoutedRequest } from './conditions.ts';
import { satisfies } from './conditions.ts';

/** What the load balancer does with a request. */
export type Decision =
  | { readonly kind: 'forward'; readonly targetGroupArn: string }
  | {
      readonly kind: 'fixed-response';
      readonly status: number;
      readonly contentType: string;
      readonly body: string;
    }
  | { readonly kind: 'redirect'; readonly status: 301 | 302; readonly location: string }
  /** There is nothing that the request could be sent to; the load balancer answers itself. */
  | { readonly kind: 'fail'; readonly status: 500 | 503 };

/**
 * The first rule all of whose conditions the request satisfies; the default rule has none and so always applies.
 * @param rules in priority order, the default rule last
 */
export function chooseRule(rules: readonly Rule[], request: RoutedRequest): Rule | undefined {
  return rules.find((rule) => (rule.Conditions ?? []).every((condition) => satisfies(condition, request)));
}

/**
 * What to do with a request.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-action-types.html
 * @param rules in priority order, the default rule last
 * @param draw a random number in [0, 1): which of several weighted target groups the request goes to
 */
export function decide(rules: readonly Rule[], request: RoutedRequest, draw: () => number): Decision {
  const actions = chooseRule(rules, request)?.Actions ?? [];
  for (const action of actions) {
    if (action.Type === 'forward') return forward(action, draw);
    if (action.Type === 'fixed-response') return fixedResponse(action);
    if (action.Type === 'redirect') return redirect(action.RedirectConfig, request);
  }
  return { kind: 'fail', status: 500 };
}

function forward(action: Action, draw: () => number): Decision {
  const groups = action.ForwardConfig?.TargetGroups ?? [];
  const targetGroupArn = groups.length > 0 ? drawGroup(groups, draw()) : action.TargetGroupArn;
  return targetGroupArn === undefined ? { kind: 'fail', status: 503 } : { kind: 'forward', targetGroupArn };
}

/** A group with weight 0 gets nothing; when all have, nobody does. */
function drawGroup(groups: readonly TargetGroupTuple[], drawn: number): string | undefined {
  const weights = groups.map((group) => group.Weight ?? 1);
  let left = drawn * weights.reduce((sum, weight) => sum + weight, 0);
  return groups.find((_, index) => (left -= weights[index] ?? 0) < 0)?.TargetGroupArn;
}

function fixedResponse(action: Action): Decision {
  const { StatusCode, ContentType = 'text/plain', MessageBody = '' } = action.FixedResponseConfig ?? {};
  const contentType = `${ContentType}; charset=utf-8`;
  return { kind: 'fixed-response', status: Number(StatusCode), contentType, body: MessageBody };
}

/**
 * `#{port}` retains the port that the client addressed. In AWS that is the listener's port; here the listener's port is
 * another one on this machine, and a redirect must lead back to where the client can be served.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-action-types.html#redirect-actions
 */
function redirect(config: Partial<RedirectActionConfig> = {}, request: RoutedRequest): Decision {
  const keywords: Readonly<Record<string, string>> = {
    protocol: 'http',
    host: request.host,
    port: String(request.port),
    path: request.rawPath.slice(1),
    query: request.query,
  };
  const fill = (text: string): string =>
    text.replace(/#\{(protocol|host|port|path|query)\}/g, (_, keyword: string) => keywords[keyword] ?? '');

  const protocol = fill(config.Protocol ?? '#{protocol}').toLowerCase();
  const host = fill(config.Host ?? '#{host}');
  const port = fill(config.Port ?? '#{port}');
  const path = fill(config.Path ?? '/#{path}');
  const query = fill(config.Query ?? '#{query}');
  const location = `${protocol}://${host}:${port}${path}${query === '' ? '' : `?${query}`}`;
  return { kind: 'redirect', status: config.StatusCode === 'HTTP_301' ? 301 : 302, location };
}
