/** Listeners: one per port of a load balancer, each with its default rule. */
import type * as ELBv2 from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Action } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Operations } from '../../operations.ts';
import type { Region } from '../../world/region.ts';
import { rowOf } from '../finder.ts';
import { checkActions } from './actions.ts';
import { listenerAttributes } from './attribute-tables.ts';
import { changedAttributes, defaultsOf, attributeList } from './attributes.ts';
import { releaseFromListener } from './certificates.ts';
import { duplicateListener, validation } from './errors.ts';
import { checkQuota } from './limits.ts';
import { page } from './paging.ts';
import { changeRouting } from './routing.ts';
import { applyTls, checkTls, type TlsSettings } from './listener-tls.ts';
import { newHexDigits, elbArn, pathOf } from './arns.ts';
import type { ListenerRow } from './store.ts';
import { mergeTags } from './tags.ts';
import { listenersOf, rulesOf } from './usage.ts';

/** @throws ValidationError for a protocol that application load balancers do not support */
function checkProtocol(protocol: string | undefined): 'HTTP' | 'HTTPS' {
  if (!protocol) throw validation('A listener protocol must be specified');
  if (protocol !== 'HTTP' && protocol !== 'HTTPS') {
    throw validation(`Listener protocol '${protocol}' must be one of 'HTTP, HTTPS'`);
  }
  return protocol;
}

function checkPort(port: number | undefined): number {
  if (port === undefined) throw validation('A listener port must be specified');
  return port;
}

const listenerOnPort = (region: Region, loadBalancerArn: string, port: number): ListenerRow | undefined =>
  listenersOf(region, loadBalancerArn).find(({ Port }) => Port === port);

function requestedListeners(
  region: Region,
  { LoadBalancerArn, ListenerArns = [] }: ELBv2.DescribeListenersInput,
): ListenerRow[] {
  if (LoadBalancerArn !== undefined && ListenerArns.length > 0) {
    throw validation('Listener ARNs and a load balancer ARN cannot be specified at the same time');
  }
  if (LoadBalancerArn !== undefined) {
    return listenersOf(region, rowOf(region.elbv2.loadBalancers, LoadBalancerArn).LoadBalancerArn);
  }
  if (ListenerArns.length === 0) {
    throw validation('You must specify either listener ARNs or a load balancer ARN');
  }
  return ListenerArns.map((arn) => rowOf(region.elbv2.listeners, arn));
}

/** Sets the default actions of a listener, which are also the actions of its default rule. */
function setDefaultActions(region: Region, listener: ListenerRow, actions: Action[]): void {
  listener.DefaultActions = actions;
  const rule = rulesOf(region, listener.ListenerArn).find(({ IsDefault }) => IsDefault);
  if (rule) rule.Actions = actions;
}

/** Returns a listener as responses show it. */
const viewOf = ({ ListenerArn, LoadBalancerArn, Port, Protocol, ...row }: ListenerRow): ELBv2.Listener => ({
  ...{ ListenerArn, LoadBalancerArn, Port, Protocol, DefaultActions: row.DefaultActions },
  ...(Protocol === 'HTTPS' && { SslPolicy: row.SslPolicy, Certificates: row.Certificates }),
});

export const listenerOperations = {
  /**
   * A repeated call with the same settings returns the existing listener.
   * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateListener.html
   */
  CreateListener: {
    inputMembers: [
      'LoadBalancerArn',
      'Protocol',
      'Port',
      'DefaultActions',
      'SslPolicy',
      'Certificates',
      'Tags',
    ],
    run(input, region) {
      const balancer = rowOf(region.elbv2.loadBalancers, input.LoadBalancerArn);
      const { LoadBalancerArn } = balancer;
      const Port = checkPort(input.Port);
      const Protocol = checkProtocol(input.Protocol);
      const tls = checkTls(region, Protocol, input);
      const DefaultActions = checkActions(region, balancer, input.DefaultActions, Protocol);
      const tags = mergeTags([], input.Tags);
      const existing = listenerOnPort(region, LoadBalancerArn, Port);
      if (existing) {
        const settings = ({ SslPolicy, Certificates }: TlsSettings) => [SslPolicy, Certificates];
        const isSame =
          JSON.stringify([existing.Protocol, existing.DefaultActions, settings(existing)]) ===
          JSON.stringify([Protocol, DefaultActions, settings(tls)]);
        if (!isSame) throw duplicateListener(LoadBalancerArn);
        return { Listeners: [viewOf(existing)] };
      }
      checkQuota('listeners-per-application-load-balancer', listenersOf(region, LoadBalancerArn).length + 1);
      const path = `${pathOf(LoadBalancerArn)}/${newHexDigits(region)}`;
      const ListenerArn = elbArn(region, `listener/${path}`);
      const RuleArn = elbArn(region, `listener-rule/${path}/${newHexDigits(region)}`);
      const attributes = defaultsOf(listenerAttributes);
      const listener = {
        ...{ ListenerArn, LoadBalancerArn, Port, Protocol, DefaultActions, attributes, tags },
        ...tls,
      };
      changeRouting(region, () => {
        region.elbv2.listeners.set(ListenerArn, listener);
        region.elbv2.rules.set(RuleArn, {
          RuleArn,
          ListenerArn,
          Priority: 'default',
          Conditions: [],
          Actions: DefaultActions,
          IsDefault: true,
          tags: [],
        });
      });
      return { Listeners: [viewOf(listener)] };
    },
  },

  DescribeListeners: {
    inputMembers: ['LoadBalancerArn', 'ListenerArns', 'PageSize', 'Marker'],
    run(input, region) {
      const { rows, NextMarker } = page(requestedListeners(region, input), input.PageSize, input.Marker);
      return { Listeners: rows.map(viewOf), NextMarker };
    },
  },

  /** Omitted settings remain unchanged. Default actions are replaced as a whole. */
  ModifyListener: {
    inputMembers: ['ListenerArn', 'Port', 'Protocol', 'SslPolicy', 'Certificates', 'DefaultActions'],
    run(input, region) {
      const listener = rowOf(region.elbv2.listeners, input.ListenerArn);
      const balancer = rowOf(region.elbv2.loadBalancers, listener.LoadBalancerArn);
      const Protocol = checkProtocol(input.Protocol ?? listener.Protocol);
      const Port = checkPort(input.Port ?? listener.Port);
      const other = listenerOnPort(region, balancer.LoadBalancerArn, Port);
      const tls = checkTls(region, Protocol, input, listener);
      if (other && other !== listener) throw duplicateListener(balancer.LoadBalancerArn);
      const actions = input.DefaultActions && checkActions(region, balancer, input.DefaultActions, Protocol);
      changeRouting(region, () => {
        Object.assign(listener, { Protocol, Port });
        applyTls(region, listener, tls);
        if (actions) setDefaultActions(region, listener, actions);
      });
      return { Listeners: [viewOf(listener)] };
    },
  },

  /** Also deletes the rules of the listener. */
  DeleteListener: {
    inputMembers: ['ListenerArn'],
    run({ ListenerArn }, region) {
      const listener = rowOf(region.elbv2.listeners, ListenerArn);
      changeRouting(region, () => {
        for (const { RuleArn } of rulesOf(region, listener.ListenerArn)) region.elbv2.rules.delete(RuleArn);
        releaseFromListener(region, listener);
        region.elbv2.listeners.delete(listener.ListenerArn);
      });
      return {};
    },
  },

  DescribeListenerAttributes: {
    inputMembers: ['ListenerArn'],
    run({ ListenerArn }, region) {
      return { Attributes: attributeList(rowOf(region.elbv2.listeners, ListenerArn).attributes) };
    },
  },

  ModifyListenerAttributes: {
    inputMembers: ['ListenerArn', 'Attributes'],
    run({ ListenerArn, Attributes }, region) {
      const listener = rowOf(region.elbv2.listeners, ListenerArn);
      listener.attributes = changedAttributes(
        listener.attributes,
        Attributes,
        listenerAttributes,
        'Listener',
      );
      return { Attributes: attributeList(listener.attributes) };
    },
  },
} satisfies Operations<typeof ELBv2>;
