/** The tables of Elastic Load Balancing in one region. */
import type {
  Listener,
  LoadBalancer,
  Rule,
  Tag,
  TargetGroup,
  TargetHealth,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { listenerNotFound, loadBalancerNotFound, ruleNotFound, targetGroupNotFound } from './errors.ts';
import type { HealthCheckSettings } from './health-check-settings.ts';
import { resource } from './kinds.ts';

export interface LoadBalancerRow extends LoadBalancer {
  LoadBalancerArn: string;
  LoadBalancerName: string;
  DNSName: string;
  VpcId: string;
  attributes: Record<string, string>;
  tags: Tag[];
  /** The injected reason for which it will fail. */
  pendingFailure?: string;
  /** Its network interfaces, one per subnet. */
  interfaceIds: string[];
}
export interface TargetRow {
  /** The private IP address. */
  id: string;
  port: number;
  /** The zone of the address, or `all` for an address outside the VPC. */
  availabilityZone: string;
  health: TargetHealth;
}
export interface TargetGroupRow extends Omit<TargetGroup, keyof HealthCheckSettings>, HealthCheckSettings {
  TargetGroupArn: string;
  TargetGroupName: string;
  VpcId: string;
  Port: number;
  attributes: Record<string, string>;
  tags: Tag[];
  targets: TargetRow[];
  /** The group counts as in use until then, although no listener or rule names it any more. */
  inUseUntil?: Date;
}
export interface ListenerRow extends Listener {
  ListenerArn: string;
  LoadBalancerArn: string;
  Port: number;
  attributes: Record<string, string>;
  tags: Tag[];
  /** The local port on which the data plane serves it, kept across restarts. */
  localPort?: number;
}
/** A rule of a listener; every listener has one with the priority `default`, whose actions are the listener's default actions. */
export interface RuleRow extends Rule {
  RuleArn: string;
  ListenerArn: string;
  /** A number in digits, or `default`. */
  Priority: string;
  tags: Tag[];
}

/** The tables of Elastic Load Balancing. A kind of resource is declared here and nowhere else. */
export const elbv2Store = () => ({
  loadBalancers: resource<LoadBalancerRow>({
    arnType: 'loadbalancer',
    noun: 'load balancer',
    parameter: 'loadBalancerArn',
    listedBy: ['DescribeLoadBalancers'],
    notFound: loadBalancerNotFound,
  }),
  targetGroups: resource<TargetGroupRow>({
    arnType: 'targetgroup',
    noun: 'target group',
    parameter: 'targetGroupArn',
    listedBy: ['DescribeTargetGroups'],
    notFound: targetGroupNotFound,
  }),
  listeners: resource<ListenerRow>({
    arnType: 'listener',
    noun: 'listener',
    parameter: 'listenerArn',
    listedBy: ['DescribeListeners'],
    notFound: listenerNotFound,
  }),
  rules: resource<RuleRow>({
    arnType: 'listener-rule',
    noun: 'listener rule',
    parameter: 'ruleArn',
    listedBy: ['DescribeRules'],
    notFound: ruleNotFound,
  }),
});
export type Elbv2Store = ReturnType<typeof elbv2Store>;
