/** The world as the load balancer sees it: read anew at each request, so a changed rule or target works at once. */
import type { Rule } from '@aws-sdk/client-elastic-load-balancing-v2';

/** Where a target can be reached on this machine, or how reaching it fails. */
export type Reachability = { readonly host: string; readonly port: number } | 'timeout' | 'refused';

/** What targets of a group are asked over. */
export type TargetProtocol = 'HTTP' | 'HTTPS';

/** A registered target and its health, as `DescribeTargetHealth` tells it. */
export interface TargetView {
  /** The target's private IP address. */
  readonly id: string;
  readonly port: number;
  readonly state: 'initial' | 'healthy' | 'unhealthy' | 'unused' | 'draining' | 'unavailable';
}

/** One listener of one load balancer. */
export interface ListenerView {
  /** The listener's port in AWS, for example 80. */
  readonly port: number;
  /** Whether a client's packets get here; if not, it hears nothing. */
  isReachable(): boolean;
  /** The rules in priority order, the default rule last. */
  rules(): readonly Rule[];
  /** An attribute of the load balancer, for example `idle_timeout.timeout_seconds`; undefined means AWS's default. */
  attribute(key: string): string | undefined;
  targets(targetGroupArn: string): readonly TargetView[];
  protocol(targetGroupArn: string): TargetProtocol;
  reach(target: TargetView): Promise<Reachability>;
}
