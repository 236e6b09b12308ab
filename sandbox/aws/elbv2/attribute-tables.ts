/** The attributes of load balancers, target groups and listeners: their values and defaults. */
import type { AttributeTable, AttributeRule } from './attributes.ts';
import { invalidConfiguration, notImplemented, validation } from './errors.ts';

const oneOf =
  (...values: string[]): AttributeRule =>
  (value, key) =>
    values.includes(value) ? undefined : validation(`'${key}' must be one of [${values.join(', ')}]`);
const trueOrFalse = oneOf('true', 'false');
const within =
  (min: number, max: number): AttributeRule =>
  (value, key) =>
    /^\d+$/.test(value) && Number(value) >= min && Number(value) <= max
      ? undefined
      : validation(`'${key}' value '${value}' must be between '${min}-${max}' inclusive`);
const anyOf =
  (...rules: AttributeRule[]): AttributeRule =>
  (value, key) => {
    const faults = rules.map((rule) => rule(value, key));
    return faults.includes(undefined) ? undefined : faults[0];
  };
const anyValue: AttributeRule = () => undefined;
/** Accepts only the supported values. Any other value that satisfies the rule is refused as not implemented. */
const limitedTo =
  (rule: AttributeRule, ...supported: string[]): AttributeRule =>
  (value, key) =>
    rule(value, key) ?? (supported.includes(value) ? undefined : notImplemented(`${key} = ${value}`));

/** @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_LoadBalancerAttribute.html */
export const loadBalancerAttributes: AttributeTable = {
  // When they change, `access-logs.ts` checks the bucket.
  'access_logs.s3.enabled': ['false', trueOrFalse],
  'access_logs.s3.bucket': ['', anyValue],
  'access_logs.s3.prefix': ['', anyValue],
  'health_check_logs.s3.enabled': ['false', limitedTo(trueOrFalse, 'false')],
  'health_check_logs.s3.bucket': ['', anyValue],
  'health_check_logs.s3.prefix': ['', anyValue],
  'idle_timeout.timeout_seconds': ['60', within(1, 4000)],
  'deletion_protection.enabled': ['false', trueOrFalse],
  // Has no effect, because load balancers use HTTP/2 only with TLS, and the sandbox's listeners have no TLS.
  'routing.http2.enabled': ['true', trueOrFalse],
  'routing.http.drop_invalid_header_fields.enabled': ['false', trueOrFalse],
  'routing.http.xff_client_port.enabled': ['false', limitedTo(trueOrFalse, 'false')],
  'routing.http.preserve_host_header.enabled': ['false', limitedTo(trueOrFalse, 'false')],
  'routing.http.xff_header_processing.mode': ['append', oneOf('append', 'preserve', 'remove')],
  'load_balancing.cross_zone.enabled': [
    'true',
    (value, key) =>
      trueOrFalse(value, key) ??
      (value === 'true'
        ? undefined
        : invalidConfiguration(
            "Load balancer attribute 'load_balancing.cross_zone.enabled' cannot be changed for load balancers with type 'application'",
          )),
  ],
  'routing.http.desync_mitigation_mode': [
    'defensive',
    limitedTo(oneOf('monitor', 'defensive', 'strictest'), 'defensive'),
  ],
  'client_keep_alive.seconds': ['3600', limitedTo(within(60, 604800), '3600')],
  // The next four have no effect: the sandbox has no WAF, TLS to clients, zonal shift or IPv6.
  'waf.fail_open.enabled': ['false', trueOrFalse],
  'routing.http.x_amzn_tls_version_and_cipher_suite.enabled': ['false', trueOrFalse],
  'zonal_shift.config.enabled': ['false', trueOrFalse],
  'ipv6.deny_all_igw_traffic': ['false', trueOrFalse],
  'connection_logs.s3.enabled': ['false', limitedTo(trueOrFalse, 'false')],
  'connection_logs.s3.bucket': ['', anyValue],
  'connection_logs.s3.prefix': ['', anyValue],
};

/** AWS reserves the prefix for its own cookies. */
const programCookie: AttributeRule = (value, key) =>
  /^AWSALB/.test(value)
    ? validation(`'${key}' value '${value}' cannot start with 'AWSALB', 'AWSALBAPP' or 'AWSALBTG'`)
    : undefined;

const algorithm = oneOf('round_robin', 'least_outstanding_requests', 'weighted_random');

/** @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetGroupAttribute.html */
export const targetGroupAttributes: AttributeTable = {
  'target_group_health.unhealthy_state_routing.minimum_healthy_targets.count': [
    '1',
    limitedTo(within(1, 1000), '1'),
  ],
  'target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage': [
    'off',
    limitedTo(anyOf(within(1, 100), oneOf('off')), 'off'),
  ],
  'target_group_health.dns_failover.minimum_healthy_targets.count': [
    '1',
    limitedTo(anyOf(within(1, 1000), oneOf('off')), '1'),
  ],
  'target_group_health.dns_failover.minimum_healthy_targets.percentage': [
    'off',
    limitedTo(anyOf(within(1, 100), oneOf('off')), 'off'),
  ],
  'stickiness.enabled': ['false', trueOrFalse],
  'stickiness.type': ['lb_cookie', oneOf('app_cookie', 'lb_cookie', 'source_ip')],
  'stickiness.lb_cookie.duration_seconds': ['86400', within(1, 604800)],
  'stickiness.app_cookie.cookie_name': ['', programCookie],
  'stickiness.app_cookie.duration_seconds': ['86400', within(1, 604800)],
  'slow_start.duration_seconds': ['0', anyOf(within(30, 900), oneOf('0'))],
  'deregistration_delay.timeout_seconds': ['300', within(0, 3600)],
  'load_balancing.algorithm.type': ['round_robin', algorithm],
  'load_balancing.algorithm.anomaly_mitigation': ['off', oneOf('on', 'off')],
  'load_balancing.cross_zone.enabled': [
    'use_load_balancer_configuration',
    limitedTo(
      oneOf('use_load_balancer_configuration', 'true', 'false'),
      'use_load_balancer_configuration',
      'true',
    ),
  ],
};

/** @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ListenerAttribute.html */
export const listenerAttributes: AttributeTable = {
  'routing.http.response.server.enabled': ['true', limitedTo(trueOrFalse, 'true')],
  ...Object.fromEntries(
    [
      'strict_transport_security',
      'access_control_allow_origin',
      'access_control_allow_methods',
      'access_control_allow_headers',
      'access_control_allow_credentials',
      'access_control_expose_headers',
      'access_control_max_age',
      'content_security_policy',
      'x_content_type_options',
      'x_frame_options',
    ].map((header) => [
      `routing.http.response.${header}.header_value`,
      ['', limitedTo(anyValue, '')] as const,
    ]),
  ),
};
