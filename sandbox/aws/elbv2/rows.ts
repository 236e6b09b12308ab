/** The row of an ARN, or the refusal: what every operation on one thing starts with; and how ARNs are made. */
import type { Refusal } from '../../protocol/refusal.ts';
import type { Region } from '../../world/region.ts';
import type { Table } from '../../world/table.ts';
import * as errors from './errors.ts';
import type { Elbv2Store } from './store.ts';

/** The sixteen digits that end an ARN. */
export const digits = (region: Region): string => region.id('', 16).slice(1);

/** `arn:aws:elasticloadbalancing:<region>:<account>:<resource>`. */
export const elbArn = (region: Region, resource: string): string =>
  region.arn('elasticloadbalancing', resource);

/** What stands after the kind in the ARN of a load balancer, a listener or a rule: `app/web/50dc6c495c0c9188/…`. */
export const pathOf = (arn: string): string => arn.slice(arn.indexOf('/') + 1);

function finder<Row extends object>(
  member: string,
  kind: string,
  noun: string,
  table: (store: Elbv2Store) => Table<Row>,
  notFound: (arn: string) => Refusal,
) {
  const shape = new RegExp(`^arn:aws:elasticloadbalancing:[\\w-]+:\\d{12}:${kind}/.+`);
  return ({ elbv2 }: Region, arn: string | undefined): Row => {
    if (!arn) throw errors.constraint(undefined, member, 'not be null');
    if (!shape.test(arn)) throw errors.validation(`'${arn}' is not a valid ${noun} ARN`);
    const row = table(elbv2).get(arn);
    if (!row) throw notFound(arn);
    return row;
  };
}

export const balancerOf = finder(
  'loadBalancerArn',
  'loadbalancer',
  'load balancer',
  (store) => store.loadBalancers,
  errors.loadBalancerNotFound,
);
export const targetGroupOf = finder(
  'targetGroupArn',
  'targetgroup',
  'target group',
  (store) => store.targetGroups,
  errors.targetGroupNotFound,
);
export const listenerOf = finder(
  'listenerArn',
  'listener',
  'listener',
  (store) => store.listeners,
  errors.listenerNotFound,
);
export const ruleOf = finder(
  'ruleArn',
  'listener-rule',
  'listener rule',
  (store) => store.rules,
  errors.ruleNotFound,
);
