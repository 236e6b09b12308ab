/** The sandbox's Elastic Load Balancing: all its operations and events. */
import type { Events } from '../../world/region.ts';
import { withArnChecks } from './arn-checks.ts';
import { listenerCertificateOperations } from './certificates.ts';
import { limitOperations } from './limits.ts';
import { listenerOperations } from './listeners.ts';
import { loadBalancerSettingsOperations } from './load-balancer-settings.ts';
import { loadBalancerEvents, loadBalancerOperations } from './load-balancers.ts';
import { ruleOperations } from './rules.ts';
import { sslPolicyOperations } from './ssl-policies.ts';
import { tagOperations } from './tags.ts';
import { targetGroupSettingsOperations } from './target-group-settings.ts';
import { targetGroupOperations } from './target-groups.ts';
import { targetOperations } from './target-operations.ts';
import { targetHealthEvents } from './target-health.ts';
import { targetEvents } from './targets.ts';

export const elbv2Operations = withArnChecks({
  ...loadBalancerOperations,
  ...loadBalancerSettingsOperations,
  ...targetGroupOperations,
  ...targetGroupSettingsOperations,
  ...targetOperations,
  ...listenerOperations,
  ...ruleOperations,
  ...tagOperations,
  ...limitOperations,
  ...listenerCertificateOperations,
  ...sslPolicyOperations,
});
export const elbv2Events: Events = { ...loadBalancerEvents, ...targetEvents, ...targetHealthEvents };
