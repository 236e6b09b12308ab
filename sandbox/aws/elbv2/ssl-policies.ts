/** The security policies of HTTPS listeners: the versions of TLS and the ciphers that clients may use. */
import type * as ELBv2 from '@aws-sdk/client-elastic-load-balancing-v2';
import type { SslPolicy } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Operations } from '../../operations.ts';
import { notImplemented, sslPolicyNotFound, validation } from './errors.ts';
import { page } from './paging.ts';

const TLS_1_3 = ['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256'];
const GCM = [
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
];
const CBC_SHA2 = [
  'ECDHE-ECDSA-AES128-SHA256',
  'ECDHE-RSA-AES128-SHA256',
  'ECDHE-ECDSA-AES256-SHA384',
  'ECDHE-RSA-AES256-SHA384',
];
const CBC_SHA1 = [
  'ECDHE-ECDSA-AES128-SHA',
  'ECDHE-RSA-AES128-SHA',
  'ECDHE-RSA-AES256-SHA',
  'ECDHE-ECDSA-AES256-SHA',
];
const RSA_SHA2 = ['AES128-GCM-SHA256', 'AES128-SHA256', 'AES256-GCM-SHA384', 'AES256-SHA256'];
const RSA_SHA1 = ['AES128-SHA', 'AES256-SHA'];

/** A policy: its oldest and newest versions of TLS, and its ciphers in AWS's order. */
interface Policy {
  readonly versions: readonly string[];
  readonly ciphers: readonly string[];
}

const modern = (...ciphers: readonly string[][]): Policy => ({
  versions: ['TLSv1.2', 'TLSv1.3'],
  ciphers: [...TLS_1_3, ...ciphers.flat()],
});

/** @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html */
const POLICIES: Readonly<Record<string, Policy>> = {
  'ELBSecurityPolicy-TLS13-1-3-2021-06': { versions: ['TLSv1.3'], ciphers: TLS_1_3 },
  'ELBSecurityPolicy-TLS13-1-3-PQ-2025-09': { versions: ['TLSv1.3'], ciphers: TLS_1_3 },
  'ELBSecurityPolicy-TLS13-1-2-2021-06': modern(GCM, CBC_SHA2),
  'ELBSecurityPolicy-TLS13-1-2-PQ-2025-09': modern(GCM, CBC_SHA2),
  'ELBSecurityPolicy-TLS13-1-2-Res-2021-06': modern(GCM),
  'ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09': modern(GCM),
  'ELBSecurityPolicy-TLS13-1-2-Ext1-2021-06': modern(GCM, CBC_SHA2, RSA_SHA2),
  'ELBSecurityPolicy-TLS13-1-2-Ext2-2021-06': modern(GCM, CBC_SHA2, CBC_SHA1, RSA_SHA2, RSA_SHA1),
  'ELBSecurityPolicy-TLS-1-2-2017-01': { versions: ['TLSv1.2'], ciphers: [...GCM, ...CBC_SHA2, ...RSA_SHA2] },
  'ELBSecurityPolicy-FS-1-2-Res-2020-10': { versions: ['TLSv1.2'], ciphers: GCM },
  'ELBSecurityPolicy-FS-1-2-Res-2019-08': { versions: ['TLSv1.2'], ciphers: [...GCM, ...CBC_SHA2] },
  'ELBSecurityPolicy-2016-08': {
    versions: ['TLSv1', 'TLSv1.1', 'TLSv1.2'],
    ciphers: [...GCM, ...CBC_SHA2, ...CBC_SHA1, ...RSA_SHA2, ...RSA_SHA1],
  },
};

/** The policy of a listener whose request names none. */
export const DEFAULT_SSL_POLICY = 'ELBSecurityPolicy-2016-08';

/** Other names of AWS, which the sandbox does not have. */
const OTHER_POLICY = /^ELBSecurityPolicy-(TLS13-|FS-|TLS-)[\w-]+-20\d\d-\d\d$|^ELBSecurityPolicy-2015-05$/;

/** @throws SSLPolicyNotFound, NotImplemented for a policy that only AWS has */
export function checkSslPolicy(name: string): string {
  if (Object.hasOwn(POLICIES, name)) return name;
  throw OTHER_POLICY.test(name) ? notImplemented(`the security policy ${name}`) : sslPolicyNotFound(name);
}

/** Returns a policy: versions, the oldest first, and ciphers. An unknown name means the default policy. */
export const sslPolicy = (name = DEFAULT_SSL_POLICY): Policy =>
  POLICIES[name] ?? (POLICIES[DEFAULT_SSL_POLICY] as Policy);

const viewOf = ([Name, { versions, ciphers }]: readonly [string, Policy]): SslPolicy => ({
  Name,
  SslProtocols: [...versions],
  Ciphers: ciphers.map((cipher, index) => ({ Name: cipher, Priority: index + 1 })),
  SupportedLoadBalancerTypes: ['application', 'network'],
});

export const sslPolicyOperations = {
  /** @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeSSLPolicies.html */
  DescribeSSLPolicies: {
    inputMembers: ['Names', 'PageSize', 'Marker', 'LoadBalancerType'],
    run({ Names = [], PageSize, Marker, LoadBalancerType = 'application' }) {
      if (!['application', 'network'].includes(LoadBalancerType)) {
        throw validation(`Load balancers of type '${LoadBalancerType}' have no security policies`);
      }
      const selected = Names.length === 0 ? Object.keys(POLICIES) : Names.map(checkSslPolicy);
      const { rows, NextMarker } = page(selected, PageSize, Marker);
      return { SslPolicies: rows.map((name) => viewOf([name, sslPolicy(name)])), NextMarker };
    },
  },
} satisfies Operations<typeof ELBv2>;
