/** The attributes of target groups: how long targets drain, and how the load balancer chooses between them. Pure. */
import { ALGORITHMS } from '../config/balancing-fields.ts';
import type { Config, RoutedContainer } from '../config/config.ts';
import type { Fields } from '../model/change.ts';

const ALGORITHM = 'load_balancing.algorithm.type';
const MITIGATION = 'load_balancing.algorithm.anomaly_mitigation';

/**
 * AWS's defaults, for endpoints that do not report these attributes.
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetGroupAttribute.html
 */
export const DEFAULT_ATTRIBUTES: Readonly<Record<string, string>> = {
  'deregistration_delay.timeout_seconds': '300',
  'stickiness.enabled': 'false',
  'slow_start.duration_seconds': '0',
  [ALGORITHM]: ALGORITHMS['round-robin'],
  [MITIGATION]: 'off',
};

/** Returns the attributes of a container's target group. The details of stickiness only count while it is enabled. */
export const attributesOfContainer = (
  { deregistrationDelaySeconds }: Config,
  container: RoutedContainer,
): Record<string, string> => ({
  'deregistration_delay.timeout_seconds': String(deregistrationDelaySeconds),
  ...stickinessAttributes(container),
  'slow_start.duration_seconds': String(container.slowStartSeconds ?? 0),
  [ALGORITHM]: ALGORITHMS[container.balancing ?? 'round-robin'],
  // AWS accepts no other value with the other algorithms.
  [MITIGATION]: 'off',
});

function stickinessAttributes({ stickiness }: RoutedContainer): Record<string, string> {
  if (!stickiness) return { 'stickiness.enabled': 'false' };
  const { seconds, cookie } = stickiness;
  const type = cookie === undefined ? 'lb_cookie' : 'app_cookie';
  return {
    'stickiness.enabled': 'true',
    'stickiness.type': type,
    [`stickiness.${type}.duration_seconds`]: String(seconds),
    ...(cookie !== undefined && { 'stickiness.app_cookie.cookie_name': cookie }),
  };
}

/** Returns attributes as the fields of a plan. */
export const attributeFields = (
  attributes: Readonly<Record<string, string>>,
): Fields<`attribute.${string}`> =>
  Object.fromEntries(Object.entries(attributes).map(([key, value]) => [`attribute.${key}`, value]));
