/** The world as the load balancer sees it. It is read for every request, so that changes take effect immediately. */
import type { Rule } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { RoutedRequest } from './conditions.ts';

/** The address of a target on this machine, or how a connection to it fails. */
export type Reachability = { readonly host: string; readonly port: number } | 'timeout' | 'refused';

/** The protocol between load balancer and targets. */
export type TargetProtocol = 'HTTP' | 'HTTPS';

/** The version of the protocol: of requests, and of health checks. */
export type ProtocolVersion = 'HTTP1' | 'HTTP2' | 'GRPC';

/** A registered target and its health, as `DescribeTargetHealth` returns it. */
export interface TargetView {
  /** The target's private IP address. */
  readonly id: string;
  readonly port: number;
  readonly state: 'initial' | 'healthy' | 'unhealthy' | 'unused' | 'draining' | 'unavailable';
  /** Its part of a full share of the requests, from 0 to 1, while it is in slow start. */
  readonly share?: number;
}

/** A certificate of a listener, in PEM. */
export interface ListenerCertificate {
  /** The names that it covers, in lower case. A name may start with `*.`. */
  readonly names: readonly string[];
  readonly certificate: string;
  readonly chain?: string | undefined;
  readonly privateKey: string;
  readonly notAfter: Date;
}

/** The TLS settings of a listener. */
export interface TlsView {
  /** The certificates, the default one first. */
  readonly certificates: readonly ListenerCertificate[];
  /** The allowed versions of TLS, the oldest first, under Node's names. */
  readonly versions: readonly string[];
  /** The allowed ciphers, under OpenSSL's names. */
  readonly ciphers: readonly string[];
}

/** Receives the lines of a load balancer's access log. */
export interface AccessLogSink {
  /** The load balancer in the lines, e.g. `app/shop/50dc6c495c0c9188`. */
  readonly name: string;
  /** The time in AWS, in milliseconds since 1970. */
  now(): number;
  add(line: string): void;
}

/** One listener of one load balancer. */
export interface ListenerView {
  /** Returns the TLS settings; undefined for a listener without TLS. */
  tls(): TlsView | undefined;
  /** Returns the port on this machine of another listener of the load balancer, which is given by its port in AWS. */
  localPort(port: number): number | undefined;
  /** The listener's port in AWS, for example 80. */
  readonly port: number;
  /** Whether clients can reach the listener. If not, their packets are dropped. */
  isReachable(): boolean;
  /** Whether the load balancer's web ACL lets a request pass; true without a web ACL. */
  admits(request: RoutedRequest): boolean;
  /** The rules in priority order, the default rule last. */
  rules(): readonly Rule[];
  /** An attribute of the load balancer, for example `idle_timeout.timeout_seconds`; undefined means AWS's default. */
  attribute(key: string): string | undefined;
  /** An attribute of a target group, for example `stickiness.enabled`; undefined means AWS's default. */
  groupAttribute(targetGroupArn: string, key: string): string | undefined;
  /** Returns the number of open requests to a target. */
  openRequestsAt(targetGroupArn: string, target: TargetView): number;
  /** The secret of the cookies of sticky sessions, which all listeners of the load balancer share. */
  readonly cookieSecret: string;
  /** Returns the current time, in milliseconds since 1970. */
  now(): number;
  targets(targetGroupArn: string): readonly TargetView[];
  protocol(targetGroupArn: string): TargetProtocol;
  protocolVersion(targetGroupArn: string): ProtocolVersion;
  reach(target: TargetView): Promise<Reachability>;
  /** Counts a request for which a target of the group was selected. */
  countRequest(targetGroupArn: string): void;
  /** Records a request to a target; returns a function that records its end, and that of a WebSocket that it opened. */
  openRequest(targetGroupArn: string, target: TargetView): () => void;
  /** Returns where the load balancer writes its access log; called only if the access log is on. */
  accessLog?(): AccessLogSink;
}
