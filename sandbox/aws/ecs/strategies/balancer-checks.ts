/** ECS's immediate checks of the load balancers of a service whose deployments shift traffic. */
import type { AdvancedConfiguration, DeploymentStrategy, LoadBalancer } from '@aws-sdk/client-ecs';
import type { Region } from '../../../world/region.ts';
import { targetGroupArnsIn } from '../../elbv2/usage.ts';
import { invalid, refuseUnsupported } from '../errors.ts';
import { checkTargetGroup } from '../target-group-rules.ts';
import { checkInfrastructureRole } from './infrastructure-role.ts';

const RULE_ARN = /^arn:[\w-]+:elasticloadbalancing:[\w-]+:\d{12}:listener-rule\/app\/[^/]+(\/[0-9a-f]+){3}$/;

/**
 * Checks the advanced configurations of a service's load balancers.
 * @throws InvalidParameterException in ECS's words; AccessDeniedException for a role that is too new
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/troubleshooting-blue-green.html
 */
export function checkAdvancedConfigurations(
  region: Region,
  balancers: readonly LoadBalancer[],
  strategy: DeploymentStrategy,
): void {
  const kinds = new Set(balancers.map(({ loadBalancerName }) => loadBalancerName !== undefined));
  if (kinds.size > 1) {
    throw invalid(
      'All loadBalancers must be strictly either ELBv1 (defining loadBalancerName) or ELBv2 (defining targetGroupArn)',
    );
  }
  const advanced = balancers.flatMap(({ advancedConfiguration }) => advancedConfiguration ?? []);
  if (advanced.length > 0 && kinds.has(true))
    throw invalid('advancedConfiguration field is not allowed with ELBv1 loadBalancers');
  if (advanced.length > 0 && advanced.length < balancers.length) {
    throw invalid('Either all or none of the provided loadBalancers must have advancedConfiguration defined');
  }
  if (strategy !== 'ROLLING' && advanced.length < balancers.length) {
    throw invalid(
      'advancedConfiguration field is required for all loadBalancers when using a non-ROLLING deployment strategy',
    );
  }
  if (advanced.length === 0) return;
  for (const one of advanced) checkMembers(region, one);
  refuseCommonRules(advanced);
  refuseDuplicateGroups(balancers);
  for (const balancer of balancers) requireTestRule(region, balancer);
}

function checkMembers(region: Region, advanced: AdvancedConfiguration): void {
  refuseUnsupported(
    advanced,
    ['alternateTargetGroupArn', 'productionListenerRule', 'testListenerRule', 'roleArn'],
    'loadBalancers.advancedConfiguration',
  );
  for (const member of ['alternateTargetGroupArn', 'productionListenerRule', 'roleArn'] as const) {
    // AWS's model requires no member, but the service cannot work without these. The message is not verified (U).
    if (!advanced[member]) throw invalid(`advancedConfiguration.${member} must not be empty.`);
  }
  const { productionListenerRule = '', testListenerRule, alternateTargetGroupArn, roleArn = '' } = advanced;
  checkRuleArn('productionListenerRule', productionListenerRule);
  if (testListenerRule !== undefined) checkRuleArn('testListenerRule', testListenerRule);
  checkInfrastructureRole(region, roleArn);
  checkTargetGroup(region, alternateTargetGroupArn);
}

function checkRuleArn(member: 'productionListenerRule' | 'testListenerRule', arn: string): void {
  if (RULE_ARN.test(arn)) return;
  throw invalid(
    `${member} has an invalid ARN format. Must be RuleArn for ALB or ListenerArn for NLB. Got: ${arn}`,
  );
}

function refuseCommonRules(advanced: readonly AdvancedConfiguration[]): void {
  const tests = new Set(advanced.map(({ testListenerRule }) => testListenerRule));
  const common = advanced.flatMap(({ productionListenerRule }) =>
    tests.has(productionListenerRule) ? (productionListenerRule ?? []) : [],
  );
  if (common.length === 0) return;
  throw invalid(
    `The following rules cannot be used as both production and test listener rules: ${[...new Set(common)].join(', ')}`,
  );
}

function refuseDuplicateGroups(balancers: readonly LoadBalancer[]): void {
  const seen = new Set<string>();
  for (const { targetGroupArn = '', advancedConfiguration } of balancers) {
    for (const arn of [targetGroupArn, advancedConfiguration?.alternateTargetGroupArn ?? '']) {
      if (seen.has(arn)) throw invalid(`Duplicate targetGroupArn found: ${arn}`);
      seen.add(arn);
    }
  }
}

/** Without a test rule, the production rule must already forward to both groups. A rule that is gone is reported later. */
function requireTestRule(region: Region, { targetGroupArn = '', advancedConfiguration }: LoadBalancer): void {
  const {
    alternateTargetGroupArn = '',
    productionListenerRule,
    testListenerRule,
  } = advancedConfiguration ?? {};
  const rule = region.elbv2.rules.get(productionListenerRule);
  if (testListenerRule !== undefined || !rule) return;
  const named = targetGroupArnsIn(rule.Actions);
  if (named.includes(targetGroupArn) && named.includes(alternateTargetGroupArn)) return;
  throw invalid(
    'For Application LoadBalancer, testListenerRule is required when productionListenerRule is not associated with both targetGroup and alternateTargetGroup',
  );
}
