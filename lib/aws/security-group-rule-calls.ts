/** The calls that give a security group rules and take them away: one rule a call, since of several one would refuse all. */
import {
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
  type IpPermission,
} from '@aws-sdk/client-ec2';
import { isCode } from './errors.ts';
import type { Aws } from './clients.ts';
import { ignoringNotFound } from '../engine/delete.ts';
import { toIpPermission, type GroupRule } from '../derive/security-group-rules.ts';

type Rules = { readonly GroupId: string; readonly IpPermissions: IpPermission[] };
type Calls = Pick<Aws, 'ec2'>;

/** The two directions of a group's rules, with the calls of each. */
export const INGRESS = {
  authorise: ({ ec2 }: Calls, rules: Rules) => ec2(new AuthorizeSecurityGroupIngressCommand(rules)),
  revoke: ({ ec2 }: Calls, rules: Rules) => ec2(new RevokeSecurityGroupIngressCommand(rules)),
};
export const EGRESS = {
  authorise: ({ ec2 }: Calls, rules: Rules) => ec2(new AuthorizeSecurityGroupEgressCommand(rules)),
  revoke: ({ ec2 }: Calls, rules: Rules) => ec2(new RevokeSecurityGroupEgressCommand(rules)),
};
export type Direction = typeof INGRESS | typeof EGRESS;

const one = (GroupId: string, rule: GroupRule): Rules => ({ GroupId, IpPermissions: [toIpPermission(rule)] });
const isThere = (error: unknown) => isCode(error, 'InvalidPermission.Duplicate');

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AuthorizeSecurityGroupIngress.html */
export const authoriseRules = (
  aws: Calls,
  { authorise: add }: Direction,
  GroupId: string,
  rules: readonly GroupRule[],
) => Promise.all(rules.map((rule) => ignoringNotFound(() => add(aws, one(GroupId, rule)), isThere)));

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RevokeSecurityGroupIngress.html */
export const revokeRules = (
  aws: Calls,
  { revoke: take }: Direction,
  GroupId: string,
  rules: readonly GroupRule[],
) => Promise.all(rules.map((rule) => ignoringNotFound(() => take(aws, one(GroupId, rule)))));
