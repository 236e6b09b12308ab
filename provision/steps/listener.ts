/** The listener: HTTP on port 80, which answers 404 by itself to every path that no rule knows. */
import {
  CreateListenerCommand,
  ModifyListenerCommand,
  type Action,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { adoptByName } from '../../lib/engine/adopt-by-name.ts';
import { compare, touches, type DesiredFields } from '../../lib/model/change.ts';
import { actionText, HTTP_PORT } from '../../lib/look/listener.ts';
import { foreignOwner, type Desired } from '../../lib/look/context.ts';
import { only, ONLY } from '../../lib/model/resources.ts';
import { retagElb } from '../../lib/aws/retag.ts';
import type { ApplyContext, Step } from '../../lib/engine/step.ts';
import { tagFields, toPascalCaseTags, desiredTags } from '../../lib/derive/tags.ts';

/** What the load balancer says where no service is. */
export const NO_SERVICE = 'There is no service at this path.';

const PROTOCOL = 'HTTP';
const defaultActions: Action[] = [
  {
    Type: 'fixed-response',
    FixedResponseConfig: { StatusCode: '404', ContentType: 'text/plain', MessageBody: NO_SERVICE },
  },
];

const desiredFields = (desired: Desired): DesiredFields => ({
  protocol: PROTOCOL,
  'default action': actionText(defaultActions),
  ...desiredTags(desired, 'listener', ONLY),
});

export const listener: Step<'listener'> = {
  diff: (desired, found) =>
    compare({
      noun: 'listener',
      desired: new Map([[ONLY, desiredFields(desired)]]),
      found: found.listener,
      fieldsOf: ({ protocol, defaultAction, tags }) => ({
        protocol,
        'default action': defaultAction,
        ...tagFields(tags),
      }),
      foreign: ({ tags }) => foreignOwner(tags, desired.names.stack),
    }),

  async apply(context) {
    const { aws, change, existing: item } = context;
    const ListenerArn = item?.listenerArn ?? (await create(context));
    if (item && touches(change, 'protocol', 'default action')) {
      await aws.elbv2(
        new ModifyListenerCommand({ ListenerArn, Protocol: PROTOCOL, DefaultActions: defaultActions }),
      );
    }
    await retagElb(context, ListenerArn);
    return { listenerArn: ListenerArn };
  },
};

/**
 * Made while the load balancer still provisions. A repeated create with equal settings gives the same listener.
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateListener.html
 */
async function create(context: ApplyContext<'listener'>): Promise<string> {
  try {
    const { Listeners } = await context.aws.elbv2(
      new CreateListenerCommand({
        LoadBalancerArn: only(context.ids.loadBalancer)?.loadBalancerArn,
        Protocol: PROTOCOL,
        Port: HTTP_PORT,
        DefaultActions: defaultActions,
        Tags: toPascalCaseTags(context.tags),
      }),
    );
    return Listeners?.[0]?.ListenerArn ?? '';
  } catch (error) {
    return (await adoptByName(context, error, 'DuplicateListener', `port ${HTTP_PORT} of the load balancer`))
      .listenerArn;
  }
}
