/** Finds the listener on port 80 of our load balancer. */
import {
  DescribeListenersCommand,
  type Action,
  type Listener,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { allPages } from '../aws/pages.ts';
import type { Ids } from '../model/architecture.ts';
import { ONLY, type Items } from '../model/resources.ts';
import type { Tags } from '../derive/tags.ts';
import { elbTags } from './elb-tags.ts';
import { ifFound } from './if-found.ts';
import { describeLoadBalancer } from './load-balancer.ts';
import { fetchSpeculatively } from './recorded.ts';
import type { LookContext } from './context.ts';

/** The port of the listener. */
export const HTTP_PORT = 80;

export interface FoundListener extends Readonly<Ids['listener']> {
  readonly protocol: string;
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
      if (RedirectConfig) return `${Type} ${JSON.stringify(RedirectConfig)}`;
      return `${Type} ${TargetGroupArn ?? JSON.stringify(ForwardConfig ?? {})}`;
    })
    .join('; ');
}

/**
 * Describes the listener, once per survey: the look for the rules also needs its ARN.
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeListeners.html
 */
export const describeListener = (context: LookContext): Promise<Listener | undefined> =>
  context.shared('describeListener', async () => {
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
    return listeners?.find(({ Port }) => Port === HTTP_PORT);
  });

export async function lookListener(context: LookContext): Promise<Items<FoundListener>> {
  const found = await describeListener(context);
  if (!found?.ListenerArn) return new Map();
  const tags = (await elbTags(context.aws, [found.ListenerArn])).get(found.ListenerArn);
  if (!tags) return new Map();
  const item: FoundListener = {
    listenerArn: found.ListenerArn,
    protocol: found.Protocol ?? '',
    defaultAction: actionText(found.DefaultActions),
    tags,
  };
  return new Map([[ONLY, item]]);
}
