/** Checks the actions of listeners and rules, and converts them to the form in which AWS shows them. */
import type {
  Action,
  FixedResponseActionConfig,
  ForwardActionConfig,
  RedirectActionConfig,
  TargetGroupStickinessConfig,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Region } from '../../world/region.ts';
import {
  invalidAction,
  invalidConfiguration,
  notImplemented,
  usedByOtherLoadBalancer,
  targetGroupNotFound,
  validation,
} from './errors.ts';
import { isPort } from './health-check-settings.ts';
import { checkQuota } from './limits.ts';
import type { LoadBalancerRow } from './store.ts';
import { loadBalancerOf, targetGroupArnsIn, rulesOfBalancer } from './usage.ts';

const MAX_WEIGHT = 999;
/** A week. */
const MAX_STICKY_SECONDS = 604_800;
const CONTENT_TYPES = ['text/plain', 'text/css', 'text/html', 'application/javascript', 'application/json'];

/**
 * Checks the actions of a call, and returns them in AWS's full form.
 * @param protocol the protocol of the listener
 * @throws ValidationError, InvalidLoadBalancerAction, TargetGroupNotFound, TargetGroupAssociationLimit, …
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-action-types.html
 */
export function checkActions(
  region: Region,
  balancer: LoadBalancerRow,
  actions: Action[] | undefined,
  protocol: string | undefined,
): Action[] {
  if (!actions?.length) throw validation('An action must be specified');
  const [action, second] = actions;
  if (!action || second)
    throw invalidAction('You can specify one forward, redirect or fixed-response action');
  const { Order } = action;
  const full = { ...(Order === undefined ? {} : { Order }), ...checkAction(action, protocol) };
  checkTargetGroups(region, balancer, [full], protocol);
  return [full];
}

function checkAction(action: Action, protocol: string | undefined): Action {
  const { Type, ForwardConfig, RedirectConfig, FixedResponseConfig } = action;
  switch (Type) {
    case 'forward':
      return { Type, ...fullForward(action.TargetGroupArn, ForwardConfig) };
    case 'redirect':
      if (!RedirectConfig) throw validation("A 'RedirectConfig' must be specified with 'redirect'");
      if (protocol === 'HTTPS' && RedirectConfig.Protocol === 'HTTP')
        throw invalidAction('A redirect from HTTPS to HTTP is not allowed');
      return { Type, RedirectConfig: fullRedirect(RedirectConfig) };
    case 'fixed-response':
      if (!FixedResponseConfig) {
        throw validation("A 'FixedResponseConfig' must be specified with 'fixed-response'");
      }
      return { Type, FixedResponseConfig: checkFixedResponse(FixedResponseConfig) };
    default:
      if (protocol === 'HTTPS') throw notImplemented(`actions of type '${Type}'`);
      throw invalidAction(`Actions of type '${Type}' are supported only on HTTPS listeners`);
  }
}

/** Returns a forward action in both notations. A target group ARN means the same as a configuration with only that group. */
function fullForward(arn: string | undefined, config: ForwardActionConfig | undefined): Partial<Action> {
  const { TargetGroups = [], TargetGroupStickinessConfig } = config ?? {};
  const named = TargetGroups.length > 0 ? TargetGroups : [{ TargetGroupArn: arn }];
  if (arn !== undefined && (named.length > 1 || named[0]?.TargetGroupArn !== arn)) {
    throw invalidAction('The target group ARN must be the only one of the forward configuration');
  }
  const tuples = named.map(({ TargetGroupArn, Weight = 1 }) => {
    if (!TargetGroupArn) throw validation("A target group ARN must be specified with 'forward'");
    if (Weight < 0 || Weight > MAX_WEIGHT) {
      throw validation(`Target group weight '${Weight}' must be between '0-${MAX_WEIGHT}' inclusive`);
    }
    return { TargetGroupArn, Weight };
  });
  checkQuota('target-groups-per-action-on-application-load-balancer', tuples.length);
  return {
    ...(tuples.length === 1 ? { TargetGroupArn: tuples[0]?.TargetGroupArn } : {}),
    ForwardConfig: {
      TargetGroups: tuples,
      TargetGroupStickinessConfig: fullStickiness(TargetGroupStickinessConfig),
    },
  };
}

/** @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetGroupStickinessConfig.html */
function fullStickiness({
  Enabled = false,
  DurationSeconds: seconds,
}: TargetGroupStickinessConfig = {}): TargetGroupStickinessConfig {
  if (!Enabled) return { Enabled };
  if (seconds === undefined || seconds < 1 || seconds > MAX_STICKY_SECONDS)
    throw validation(
      `Target group stickiness duration '${seconds}' must be between '1-${MAX_STICKY_SECONDS}' inclusive`,
    );
  return { Enabled, DurationSeconds: seconds };
}

/** Returns a redirect with all its members. If a member is omitted, the redirect keeps that part of the request's URL. */
function fullRedirect(config: RedirectActionConfig): RedirectActionConfig {
  const full = {
    Protocol: '#{protocol}',
    Port: '#{port}',
    Host: '#{host}',
    Path: '/#{path}',
    Query: '#{query}',
    ...config,
  };
  const { Protocol, Port, Host, Path } = full;
  if (Port !== '#{port}' && !isPort(Port)) {
    throw invalidAction(`The redirect port '${Port}' must be a port between '1-65535' or #{port}`);
  }
  if (!Path.startsWith('/')) throw invalidAction(`The redirect path '${Path}' must start with a '/'`);
  if (Protocol === '#{protocol}' && Port === '#{port}' && Host === '#{host}' && Path === '/#{path}') {
    throw invalidAction('A redirect must change at least one of protocol, port, host and path');
  }
  return full;
}

function checkFixedResponse(config: FixedResponseActionConfig): FixedResponseActionConfig {
  const { ContentType } = config;
  if (ContentType !== undefined && !CONTENT_TYPES.includes(ContentType)) {
    throw invalidAction(`The ContentType must be one of: '${CONTENT_TYPES.join("', '")}'`);
  }
  return { ...config };
}

/** Checks that the target groups exist, are in the load balancer's VPC, and are not used by another load balancer. */
function checkTargetGroups(
  region: Region,
  balancer: LoadBalancerRow,
  actions: Action[],
  protocol: string | undefined,
): void {
  const named = targetGroupArnsIn(actions);
  const isSticky = (arn: string) =>
    region.elbv2.targetGroups.get(arn)?.attributes['stickiness.enabled'] === 'true';
  for (const arn of named) {
    const group = region.elbv2.targetGroups.get(arn);
    if (!group) throw targetGroupNotFound(arn);
    const { ProtocolVersion: version } = group;
    if (protocol !== 'HTTPS' && version !== 'HTTP1')
      throw invalidAction(
        `Listener protocol '${protocol}' is not supported with a target group with the protocol-version '${version}'`,
      );
    if (group.VpcId !== balancer.VpcId) {
      throw invalidConfiguration(
        `The target group '${arn}' must be in the VPC '${balancer.VpcId}' of the load balancer`,
      );
    }
    const currentBalancer = loadBalancerOf(region, arn);
    if (currentBalancer && currentBalancer !== balancer) throw usedByOtherLoadBalancer(arn);
  }
  const isStickyRule = actions.some(
    ({ ForwardConfig }) => ForwardConfig?.TargetGroupStickinessConfig?.Enabled,
  );
  if (named.length > 1 && !isStickyRule && named.some(isSticky))
    throw invalidAction(
      'You must enable group stickiness on a rule if you enabled target stickiness on one of its target groups',
    );
  const usedGroups = rulesOfBalancer(region, balancer.LoadBalancerArn).flatMap((rule) =>
    targetGroupArnsIn(rule.Actions),
  );
  checkQuota('target-groups-per-application-load-balancer', new Set([...usedGroups, ...named]).size);
}
