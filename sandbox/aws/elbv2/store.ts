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
import { makeElbTable } from './kinds.ts';

export interface LoadBalancerRow extends LoadBalancer {
  LoadBalancerArn: string;
  LoadBalancerName: string;
  DNSName: string;
  VpcId: string;
  attributes: Record<string, string>;
  tags: Tag[];
  /** The injected failure that the load balancer will report. */
  pendingFailure?: string;
  /** The ids of the load balancer's network interfaces, one per subnet. */
  interfaceIds: string[];
}
export interface TargetRow {
  /** The private IP address. */
  id: string;
  port: number;
  /** The zone of the address, or `all` if the address is outside the VPC. */
  availabilityZone: string;
  health: TargetHealth;
  /** The time at which it entered slow start. */
  slowStartAt?: Date | undefined;
}
export interface TargetGroupRow extends Omit<TargetGroup, keyof HealthCheckSettings>, HealthCheckSettings {
  TargetGroupArn: string;
  TargetGroupName: string;
  VpcId: string;
  Port: number;
  attributes: Record<string, string>;
  tags: Tag[];
  targets: TargetRow[];
  /** The time until which the group still counts as in use, although no listener or rule names it any more. */
  inUseUntil?: Date;
}
export interface ListenerRow extends Listener {
  ListenerArn: string;
  LoadBalancerArn: string;
  Port: number;
  attributes: Record<string, string>;
  tags: Tag[];
  /** The ARNs of the certificates in addition to the default one, which is in `Certificates`. */
  extraCertificates?: string[];
  /** The local port on which the data plane serves the listener, kept across restarts. */
  localPort?: number;
}
/** A rule of a listener. Every listener has a default rule, whose actions are the listener's default actions. */
export interface RuleRow extends Rule {
  RuleArn: string;
  ListenerArn: string;
  /** A number as decimal digits, or `default` for the default rule. */
  Priority: string;
  tags: Tag[];
}

/** The tables of Elastic Load Balancing. Each kind of resource is declared only here. */
export const elbv2Store = () => ({
  loadBalancers: makeElbTable<LoadBalancerRow>({
    arnType: 'loadbalancer',
    listedBy: ['DescribeLoadBalancers'],
    notFound: loadBalancerNotFound,
  }),
  targetGroups: makeElbTable<TargetGroupRow>({
    arnType: 'targetgroup',
    listedBy: ['DescribeTargetGroups'],
    notFound: targetGroupNotFound,
  }),
  listeners: makeElbTable<ListenerRow>({
    arnType: 'listener',
    listedBy: ['DescribeListeners'],
    notFound: listenerNotFound,
  }),
  rules: makeElbTable<RuleRow>({
    arnType: 'listener-rule',
    listedBy: ['DescribeRules'],
    notFound: ruleNotFound,
  }),
});
export type Elbv2Store = ReturnType<typeof elbv2Store>;
