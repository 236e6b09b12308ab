/** Selects the rule of a listener that applies to a request, and evaluates its action. */
import type {
  Action,
  RedirectActionConfig,
  Rule,
  RuleTransform,
  TargetGroupTuple,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { RoutedRequest } from './conditions.ts';
import { matchesCondition } from './conditions.ts';

/** The outcome of the rules for a request. */
export type Decision =
  | {
      readonly kind: 'forward';
      readonly targetGroupArn: string;
      /** Set if the rule is sticky and has just chosen the group: for how long the client stays with it, in seconds. */
      readonly stickySeconds?: number;
      /** How the request is changed before it is forwarded. */
      readonly transforms?: readonly RuleTransform[];
    }
  | {
      readonly kind: 'fixed-response';
      readonly status: number;
      readonly contentType: string;
      readonly body: string;
    }
  | { readonly kind: 'redirect'; readonly status: 301 | 302; readonly location: string }
  /** The rule has no target group to forward to, so the load balancer responds with an error. */
  | { readonly kind: 'fail'; readonly status: 500 | 503 };

/**
 * Returns the first rule whose conditions all match the request; the default rule has no conditions and always matches.
 * @param rules in priority order, the default rule last
 */
export function chooseRule(rules: readonly Rule[], request: RoutedRequest): Rule | undefined {
  return rules.find((rule) =>
    (rule.Conditions ?? []).every((condition) => matchesCondition(condition, request)),
  );
}

/**
 * Decides what to do with a request.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-action-types.html
 * @param rules in priority order, the default rule last
 * @param draw returns a random number in [0, 1), used to select one of several weighted target groups
 * @param localPort returns the port on this machine of the listener with a port in AWS
 * @param remembered returns the target group of a forward action that the client's cookie names
 */
export function decide(
  rules: readonly Rule[],
  request: RoutedRequest,
  draw: () => number,
  localPort: (port: number) => number | undefined = () => undefined,
  remembered: (action: Action) => string | undefined = () => undefined,
): Decision {
  const rule = chooseRule(rules, request);
  for (const action of rule?.Actions ?? []) {
    if (action.Type === 'forward') return forward(action, draw, rule?.Transforms, remembered(action));
    if (action.Type === 'fixed-response') return fixedResponse(action);
    if (action.Type === 'redirect') return redirect(action.RedirectConfig, request, localPort);
  }
  return { kind: 'fail', status: 500 };
}

function forward(
  action: Action,
  draw: () => number,
  transforms: readonly RuleTransform[] = [],
  remembered?: string,
): Decision {
  const { TargetGroups: groups = [], TargetGroupStickinessConfig: stickiness } = action.ForwardConfig ?? {};
  const targetGroupArn =
    remembered ?? (groups.length > 0 ? drawGroup(groups, draw()) : action.TargetGroupArn);
  if (targetGroupArn === undefined) return { kind: 'fail', status: 503 };
  const stickySeconds = stickiness?.Enabled && !remembered ? stickiness.DurationSeconds : undefined;
  return {
    kind: 'forward',
    targetGroupArn,
    ...(stickySeconds !== undefined && { stickySeconds }),
    ...(transforms.length > 0 && { transforms }),
  };
}

/** Draws a group by weight. A group with weight 0 is never drawn; if all weights are 0, the result is undefined. */
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
 * Evaluates a redirect action. `#{port}` is the port to which the client sent the request: on AWS the listener's port, on
 * this machine the listener's local port. By default, the redirect leads to that port. A client that uses a local port cannot
 * reach the ports of AWS, so a redirect leads it to the local port of the listener on the other port.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-action-types.html#redirect-actions
 */
function redirect(
  config: Partial<RedirectActionConfig> = {},
  request: RoutedRequest,
  localPort: (port: number) => number | undefined,
): Decision {
  const keywords: Readonly<Record<string, string>> = {
    protocol: request.scheme,
    host: request.host,
    port: String(request.port),
    path: request.rawPath.slice(1),
    query: request.query,
  };
  const fill = (text: string): string =>
    text.replace(/#\{(protocol|host|port|path|query)\}/g, (_, keyword: string) => keywords[keyword] ?? '');

  const protocol = fill(config.Protocol ?? '#{protocol}').toLowerCase();
  const host = fill(config.Host ?? '#{host}');
  const awsPort = fill(config.Port ?? '#{port}');
  const port = request.isOnLocalPort ? (localPort(Number(awsPort)) ?? awsPort) : awsPort;
  const path = fill(config.Path ?? '/#{path}');
  const query = fill(config.Query ?? '#{query}');
  const location = `${protocol}://${host}:${port}${path}${query === '' ? '' : `?${query}`}`;
  return { kind: 'redirect', status: config.StatusCode === 'HTTP_301' ? 301 : 302, location };
}
