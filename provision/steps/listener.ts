/** The listeners: HTTP on port 80, and HTTPS on port 443. One serves, and answers 404 to every path that no rule matches. */
import {
  AddListenerCertificatesCommand,
  CreateListenerCommand,
  ModifyListenerCommand,
  RemoveListenerCertificatesCommand,
  type Action,
  type CreateListenerInput,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { retagElb } from '../../lib/aws/retag.ts';
import { givenCertificates, hasBalancer } from '../../lib/config/config.ts';
import { HTTPS, PORTS, REDIRECT_TO_HTTPS, servingListener, SSL_POLICY } from '../../lib/derive/listeners.ts';
import { foreignOwner } from '../../lib/derive/ownership.ts';
import { desiredTags, tagFields, toPascalCaseTags, type TagField } from '../../lib/derive/tags.ts';
import { adoptByName } from '../../lib/engine/adopt-by-name.ts';
import type { ApplyContext, Planned, Step } from '../../lib/engine/step.ts';
import type { Desired } from '../../lib/look/context.ts';
import type { Survey } from '../../lib/look/found.ts';
import { actionText, type FoundListener } from '../../lib/look/listener.ts';
import { compare, knownAfter, touches, type DesiredFields, type KnownLater } from '../../lib/model/change.ts';
import { only, ONLY } from '../../lib/model/resources.ts';
import { waitUntilIssued } from '../certificates.ts';

type TlsField = 'ssl policy' | 'certificate' | 'more certificates';
type Field = 'protocol' | 'default action' | TlsField | TagField;
type Context = ApplyContext<'listener', Field>;

/** The body of the 404 response for paths without a service. */
export const NO_SERVICE = 'There is no service at this path.';

const NOT_FOUND: Action = {
  Type: 'fixed-response',
  FixedResponseConfig: { StatusCode: '404', ContentType: 'text/plain', MessageBody: NO_SERVICE },
};

const protocolOf = (key: string): 'HTTP' | 'HTTPS' => (key === HTTPS ? 'HTTPS' : 'HTTP');

const actionsOf = ({ config }: Pick<Desired, 'config'>, key: string): Action[] => [
  servingListener(config) === key ? NOT_FOUND : REDIRECT_TO_HTTPS,
];

/** Returns the ARNs of the certificates of a listener, the default one first; the first is unknown until it is requested. */
function desiredCertificates(
  { config }: Desired,
  found: Survey,
  planned: Planned<'certificate'>,
): [string | KnownLater, ...string[]] {
  const [first, ...others] = givenCertificates(config.domain);
  if (first !== undefined) return [first, ...others.sort()];
  const existing = planned.isReplaced('certificate') ? undefined : only(found.certificate)?.certificateArn;
  return [existing ?? knownAfter('certificate')];
}

function desiredFields(
  desired: Desired,
  found: Survey,
  planned: Planned<'certificate'>,
): Map<string, DesiredFields<Field>> {
  if (!hasBalancer(desired.config)) return new Map();
  const serving = servingListener(desired.config);
  const fieldsOf = (key: string): DesiredFields<Field> => {
    const [certificate, ...more] = desiredCertificates(desired, found, planned);
    return {
      protocol: protocolOf(key),
      ...(key === HTTPS && {
        'ssl policy': SSL_POLICY,
        certificate,
        'more certificates': more.join(', '),
      }),
      'default action': actionText(actionsOf(desired, key)),
      ...desiredTags(desired, 'listener', key),
    };
  };
  return new Map([...new Set([ONLY, serving])].map((key) => [key, fieldsOf(key)]));
}

export const listener: Step<'listener', Field> = {
  diff: (desired, found, planned) =>
    compare({
      noun: 'listener',
      desired: desiredFields(desired, found, planned),
      found: found.listener,
      fieldsOf: ({ protocol, defaultAction, sslPolicy, certificateArn, moreCertificates, tags }) => ({
        protocol,
        'ssl policy': sslPolicy,
        certificate: certificateArn,
        'more certificates': moreCertificates.join(', '),
        'default action': defaultAction,
        ...tagFields(tags),
      }),
      whyForeign: ({ tags }) => foreignOwner(tags, desired.names.stack),
    }),

  /**
   * The listener is created while the load balancer is still provisioning. A repeated create with identical settings returns
   * the same listener. The certificates of a listener for HTTPS must have been issued.
   * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateListener.html
   */
  async create(context) {
    const { key } = context.change;
    const Port = PORTS.get(key);
    try {
      const { Listeners } = await context.aws.elbv2(
        new CreateListenerCommand({
          LoadBalancerArn: only(context.ids.loadBalancer)?.loadBalancerArn,
          Port,
          ...(await settingsOf(context)),
          DefaultActions: actionsOf(context, key),
          Tags: toPascalCaseTags(context.tags),
        }),
      );
      const listenerArn = Listeners?.[0]?.ListenerArn ?? '';
      await changeCertificates(context, listenerArn, []);
      return { listenerArn };
    } catch (error) {
      return adoptByName(context, error, 'DuplicateListener', `port ${Port} of the load balancer`);
    }
  },

  async update(context, existing) {
    const { listenerArn: ListenerArn } = existing;
    const { change, aws } = context;
    // The other listener serves before this one redirects to it.
    if (servingListener(context.config) !== change.key) await context.siblingIds(HTTPS);
    const keepsAction = isStillRedirecting(context, existing);
    if (touches(change, 'protocol', 'ssl policy', 'certificate', ...(keepsAction ? [] : ACTION_FIELDS))) {
      await aws.elbv2(
        new ModifyListenerCommand({
          ListenerArn,
          ...(await settingsOf(context)),
          ...(!keepsAction && { DefaultActions: actionsOf(context, change.key) }),
        }),
      );
    }
    await changeCertificates(context, ListenerArn, existing.moreCertificates);
    await retagElb(context, ListenerArn);
  },

  /** Without HTTPS, port 80 stops to redirect only once its rules exist. */
  async cleanUp(context) {
    const { existing, change, aws } = context;
    if (change.verb !== 'update' || !existing || !isStillRedirecting(context, existing)) return;
    const DefaultActions = actionsOf(context, change.key);
    await aws.elbv2(new ModifyListenerCommand({ ListenerArn: existing.listenerArn, DefaultActions }));
  },
};

const ACTION_FIELDS = ['default action'] as const;

/** Whether a listener redirects, although it is about to serve. */
const isStillRedirecting = ({ config, change }: Context, { defaultAction }: FoundListener): boolean =>
  servingListener(config) === change.key && defaultAction === actionText([REDIRECT_TO_HTTPS]);

/** Returns the ARNs of the certificates of the listener for HTTPS, the default one first. */
function certificatesOf({ config, ids, change }: Context): string[] {
  if (change.key !== HTTPS) return [];
  const given = givenCertificates(config.domain);
  return given.length > 0 ? given : [only(ids.certificate)?.certificateArn ?? ''];
}

/** Returns the protocol, and for HTTPS the policy and the default certificate, once all certificates have been issued. */
async function settingsOf(
  context: Context,
): Promise<Pick<CreateListenerInput, 'Protocol' | 'SslPolicy' | 'Certificates'>> {
  const arns = certificatesOf(context);
  const Protocol = protocolOf(context.change.key);
  const [CertificateArn] = arns;
  if (CertificateArn === undefined) return { Protocol };
  await Promise.all(arns.map((arn) => waitUntilIssued(context, arn)));
  return { Protocol, SslPolicy: SSL_POLICY, Certificates: [{ CertificateArn }] };
}

/** Adds the certificates that a listener lacks, before it removes those that it should not have. */
async function changeCertificates(
  context: Context,
  ListenerArn: string,
  existing: readonly string[],
): Promise<void> {
  const [, ...desired] = certificatesOf(context);
  for (const CertificateArn of desired.filter((arn) => !existing.includes(arn)))
    await context.aws.elbv2(
      new AddListenerCertificatesCommand({ ListenerArn, Certificates: [{ CertificateArn }] }),
    );
  for (const CertificateArn of existing.filter((arn) => !desired.includes(arn)))
    await context.aws.elbv2(
      new RemoveListenerCertificatesCommand({ ListenerArn, Certificates: [{ CertificateArn }] }),
    );
}
