/** The listener: it accepts HTTP on port 80, and answers 404 to every path that no rule matches. */
import {
  CreateListenerCommand,
  ModifyListenerCommand,
  type Action,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { retagElb } from '../../lib/aws/retag.ts';
import { foreignOwner } from '../../lib/derive/ownership.ts';
import { desiredTags, tagFields, toPascalCaseTags, type TagField } from '../../lib/derive/tags.ts';
import { adoptByName } from '../../lib/engine/adopt-by-name.ts';
import type { Step } from '../../lib/engine/step.ts';
import type { Desired } from '../../lib/look/context.ts';
import { actionText, HTTP_PORT } from '../../lib/look/listener.ts';
import { compare, touches, type DesiredFields } from '../../lib/model/change.ts';
import { only, ONLY } from '../../lib/model/resources.ts';

type Field = 'protocol' | 'default action' | TagField;

/** The body of the 404 response for paths without a service. */
export const NO_SERVICE = 'There is no service at this path.';

const PROTOCOL = 'HTTP';
const defaultActions: Action[] = [
  {
    Type: 'fixed-response',
    FixedResponseConfig: { StatusCode: '404', ContentType: 'text/plain', MessageBody: NO_SERVICE },
  },
];

const desiredFields = (desired: Desired): DesiredFields<Field> => ({
  protocol: PROTOCOL,
  'default action': actionText(defaultActions),
  ...desiredTags(desired, 'listener', ONLY),
});

export const listener: Step<'listener', Field> = {
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
      whyForeign: ({ tags }) => foreignOwner(tags, desired.names.stack),
    }),

  /**
   * The listener is created while the load balancer is still provisioning. A repeated create with identical settings returns
   * the same listener.
   * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateListener.html
   */
  async create(context) {
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
      return { listenerArn: Listeners?.[0]?.ListenerArn ?? '' };
    } catch (error) {
      return adoptByName(context, error, 'DuplicateListener', `port ${HTTP_PORT} of the load balancer`);
    }
  },

  async update(context, { listenerArn: ListenerArn }) {
    if (touches(context.change, 'protocol', 'default action')) {
      await context.aws.elbv2(
        new ModifyListenerCommand({ ListenerArn, Protocol: PROTOCOL, DefaultActions: defaultActions }),
      );
    }
    await retagElb(context, ListenerArn);
  },
};
