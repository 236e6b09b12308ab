/** The listener: HTTP on port 80, which answers 404 by itself to every path that no rule knows. */
import {
  CreateListenerCommand,
  ModifyListenerCommand,
  type Action,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { adoptNamed } from '../../lib/engine/adopt-by-name.ts';
import { compare, touches, type WantedFields } from '../../lib/model/change.ts';
import { actionText, HTTP_PORT } from '../../lib/look/listener.ts';
import { foreignOwner, type Want } from '../../lib/look/context.ts';
import { only, ONLY } from '../../lib/model/resources.ts';
import { retagElb } from '../../lib/aws/retag.ts';
import type { Act, Step } from '../../lib/engine/step.ts';
import { tagFields, upper, wantedTags } from '../../lib/derive/tags.ts';

/** What the load balancer says where no service is. */
export const NO_SERVICE = 'There is no service at this path.';

const PROTOCOL = 'HTTP';
const defaultActions: Action[] = [
  {
    Type: 'fixed-response',
    FixedResponseConfig: { StatusCode: '404', ContentType: 'text/plain', MessageBody: NO_SERVICE },
  },
];

const wanted = (want: Want): WantedFields => ({
  protocol: PROTOCOL,
  'default action': actionText(defaultActions),
  ...wantedTags(want, 'listener', ONLY),
});

export const listener: Step<'listener'> = {
  diff: (want, found) =>
    compare({
      step: 'listener',
      wanted: new Map([[ONLY, wanted(want)]]),
      found: found.listener,
      fieldsOf: ({ protocol, defaultAction, tags }) => ({
        protocol,
        'default action': defaultAction,
        ...tagFields(tags),
      }),
      foreign: ({ tags }) => foreignOwner(tags, want.names.stack),
    }),

  async apply(act) {
    const { aws, change, item } = act;
    const ListenerArn = item?.listenerArn ?? (await create(act));
    if (item && touches(change, 'protocol', 'default action')) {
      await aws.elbv2(
        new ModifyListenerCommand({ ListenerArn, Protocol: PROTOCOL, DefaultActions: defaultActions }),
      );
    }
    await retagElb(act, ListenerArn);
    return { listenerArn: ListenerArn };
  },
};

/**
 * Made while the load balancer still provisions. A repeated create with equal settings gives the same listener.
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateListener.html
 */
async function create(act: Act<'listener'>): Promise<string> {
  try {
    const { Listeners } = await act.aws.elbv2(
      new CreateListenerCommand({
        LoadBalancerArn: only(act.made.loadBalancer)?.loadBalancerArn,
        Protocol: PROTOCOL,
        Port: HTTP_PORT,
        DefaultActions: defaultActions,
        Tags: upper(act.tags),
      }),
    );
    return Listeners?.[0]?.ListenerArn ?? '';
  } catch (error) {
    return (await adoptNamed(act, error, 'DuplicateListener', `port ${HTTP_PORT} of the load balancer`))
      .listenerArn;
  }
}
