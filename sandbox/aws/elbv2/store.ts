/** What the sandbox holds of Elastic Load Balancing in one region. */
import type {
  Listener,
  LoadBalancer,
  Rule,
  Tag,
  TargetGroup,
  TargetHealth,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { Table } from '../../world/table.ts';

export interface LoadBalancerRow extends LoadBalancer {
  LoadBalancerArn: string;
  LoadBalancerName: string;
  DNSName: string;
  attributes: Record<string, string>;
  tags: Tag[];
  /** Its network interfaces, one a subnet. */
  interfaceIds: string[];
}
export interface TargetRow {
  /** The private IP address. */
  id: string;
  port: number;
  health: TargetHealth;
}
export interface TargetGroupRow extends TargetGroup {
  TargetGroupArn: string;
  TargetGroupName: string;
  attributes: Record<string, string>;
  tags: Tag[];
  targets: TargetRow[];
}
export interface ListenerRow extends Listener {
  ListenerArn: string;
  LoadBalancerArn: string;
  Port: number;
  tags: Tag[];
  /** The port of this machine on which the data plane serves it, kept over restarts. */
  localPort?: number;
}
export interface RuleRow extends Rule {
  RuleArn: string;
  ListenerArn: string;
  /** A number as text, or `default`. */
  Priority: string;
  tags: Tag[];
}

export const elbv2Store = () => ({
  loadBalancers: new Table<LoadBalancerRow>(),
  targetGroups: new Table<TargetGroupRow>(),
  listeners: new Table<ListenerRow>(),
  rules: new Table<RuleRow>(),
});
export type Elbv2Store = ReturnType<typeof elbv2Store>;
