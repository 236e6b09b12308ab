/** Finds the listeners on ports 80 and 443 of our load balancer. */
import {
  DescribeListenerCertificatesCommand,
  DescribeListenersCommand,
  type Action,
  type Listener,
  type RedirectActionConfig,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { allPages } from '../aws/pages.ts';
import type { Ids } from '../model/architecture.ts';
import { ONLY, type Items } from '../model/resources.ts';
import { HTTPS, PORTS, servingListener } from '../derive/listeners.ts';
import { STACK_TAG, type Tags } from '../derive/tags.ts';
import { elbTags } from './elb-tags.ts';
import { ifFound } from './if-found.ts';
import { describeLoadBalancer } from './load-balancer.ts';
import { fetchSpeculatively, isRecordedWithoutTags } from './recorded.ts';
import { describeSharedBalancer } from './shared-balancer.ts';
import type { LookContext } from './context.ts';

export interface FoundListener extends Readonly<Ids['listener']> {
  readonly protocol: string;
  /** The security policy; empty without TLS. */
  readonly sslPolicy: string;
  /** The ARN of the default certificate; empty without TLS. */
  readonly certificateArn: string;
  /** The ARNs of further certificates, sorted. */
  readonly moreCertificates: readonly string[];
  /** The default action in one line, e.g. `fixed-response 404 text/plain …`. */
  readonly defaultAction: string;
  readonly tags: Tags;
}

/** Formats default actions as one line. */
export function actionText(actions: readonly Action[] | undefined): string {
  return (actions ?? [])
    .map(({ Type, FixedResponseConfig: fixed, TargetGroupArn, ForwardConfig, RedirectConfig }) => {
      if (fixed)
        return `${Type} ${fixed.StatusCode} ${fixed.ContentType ?? ''} ${fixed.MessageBody ?? ''}`.trim();
      if (RedirectConfig) return `${Type} ${redirectText(RedirectConfig)}`;
      return `${Type} ${TargetGroupArn ?? JSON.stringify(ForwardConfig ?? {})}`;
    })
    .join('; ');
}

/** Formats a redirect as one line. AWS reports the parts that a redirect keeps as placeholders. */
function redirectText(config: Partial<RedirectActionConfig>): string {
  const {
    Protocol = '#{protocol}',
    Host = '#{host}',
    Port = '#{port}',
    Path = '/#{path}',
    Query = '#{query}',
  } = config;
  const status = config.StatusCode?.replace('HTTP_', '') ?? '';
  return `${status} ${Protocol.toLowerCase()}://${Host}:${Port}${Path}?${Query}`;
}

/**
 * Describes the listeners, under their keys, once per survey: the look for the rules also needs their ARNs.
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeListeners.html
 */
export const describeListeners = (context: LookContext): Promise<ReadonlyMap<string, Listener>> =>
  context.shared('describeListeners', async () => {
    if (context.config.loadBalancer) {
      const { listener } = await describeSharedBalancer(context);
      return new Map(listener ? [[servingListener(context.config), listener]] : []);
    }
    const listeners = await fetchSpeculatively(
      context,
      'loadBalancer',
      async () => (await describeLoadBalancer(context))?.LoadBalancerArn,
      (LoadBalancerArn) =>
        ifFound(() =>
          allPages(async (Marker) => {
            const page = await context.aws.elbv2(new DescribeListenersCommand({ LoadBalancerArn, Marker }));
            return { items: page.Listeners ?? [], next: page.NextMarker };
          }),
        ),
    );
    return new Map(
      [...PORTS].flatMap(([key, port]) => {
        const listener = listeners?.find(({ Port }) => Port === port);
        return listener ? [[key, listener]] : [];
      }),
    );
  });

/** Whether someone else's listener matters: only if it uses a port that the stack needs. */
const isNeeded = (context: LookContext, key: string): boolean =>
  key === ONLY || servingListener(context.config) === key;

export async function lookListener(context: LookContext): Promise<Items<FoundListener>> {
  // The listener of someone else is not ours to compare.
  if (context.config.loadBalancer) return new Map();
  const described = await describeListeners(context);
  const arns = [...described.values()].flatMap(({ ListenerArn = [] }) => ListenerArn);
  if (arns.length === 0) return new Map();
  const [allTags, moreCertificates] = await Promise.all([
    elbTags(context.aws, arns),
    lookMoreCertificates(context, described.get(HTTPS)),
  ]);
  return new Map(
    [...described].flatMap(([key, found]) => {
      const tags = allTags.get(found.ListenerArn ?? '');
      if (!tags) return [];
      const isOurs =
        tags[STACK_TAG] === context.names.stack ||
        isRecordedWithoutTags(context, 'listener', tags, found.ListenerArn);
      if (!isOurs && !isNeeded(context, key)) return [];
      const item: FoundListener = {
        listenerArn: found.ListenerArn ?? '',
        protocol: found.Protocol ?? '',
        sslPolicy: found.SslPolicy ?? '',
        certificateArn: found.Certificates?.[0]?.CertificateArn ?? '',
        moreCertificates: key === HTTPS ? moreCertificates : [],
        defaultAction: actionText(found.DefaultActions),
        tags,
      };
      return [[key, item]];
    }),
  );
}

/** @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeListenerCertificates.html */
async function lookMoreCertificates(context: LookContext, listener: Listener | undefined): Promise<string[]> {
  if (listener?.Protocol !== 'HTTPS') return [];
  const { ListenerArn } = listener;
  const certificates = await ifFound(() =>
    allPages(async (Marker) => {
      const page = await context.aws.elbv2(new DescribeListenerCertificatesCommand({ ListenerArn, Marker }));
      return { items: page.Certificates ?? [], next: page.NextMarker };
    }),
  );
  return (certificates ?? [])
    .flatMap(({ CertificateArn = [], IsDefault }) => (IsDefault ? [] : CertificateArn))
    .sort();
}
