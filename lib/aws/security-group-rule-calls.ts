/** Authorises and revokes the rules of a security group, one rule per call: if AWS refuses one of several rules in a call, it applies none of them. */
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
type Ec2Client = Pick<Aws, 'ec2'>;

/** The calls for each direction of a group's rules. */
export const INGRESS = {
  authorise: ({ ec2 }: Ec2Client, rules: Rules) => ec2(new AuthorizeSecurityGroupIngressCommand(rules)),
  revoke: ({ ec2 }: Ec2Client, rules: Rules) => ec2(new RevokeSecurityGroupIngressCommand(rules)),
};
export const EGRESS = {
  authorise: ({ ec2 }: Ec2Client, rules: Rules) => ec2(new AuthorizeSecurityGroupEgressCommand(rules)),
  revoke: ({ ec2 }: Ec2Client, rules: Rules) => ec2(new RevokeSecurityGroupEgressCommand(rules)),
};
export type Direction = typeof INGRESS | typeof EGRESS;

const singleRule = (GroupId: string, rule: GroupRule): Rules => ({
  GroupId,
  IpPermissions: [toIpPermission(rule)],
});
const isDuplicate = (error: unknown) => isCode(error, 'InvalidPermission.Duplicate');

/**
 * Authorises rules; a rule that exists already counts as success.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AuthorizeSecurityGroupIngress.html
 */
export const authoriseRules = (
  aws: Ec2Client,
  { authorise }: Direction,
  GroupId: string,
  rules: readonly GroupRule[],
) =>
  Promise.all(
    rules.map((rule) => ignoringNotFound(() => authorise(aws, singleRule(GroupId, rule)), isDuplicate)),
  );

/**
 * Revokes rules; a rule that does not exist counts as success.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RevokeSecurityGroupIngress.html
 */
export const revokeRules = (
  aws: Ec2Client,
  { revoke }: Direction,
  GroupId: string,
  rules: readonly GroupRule[],
) => Promise.all(rules.map((rule) => ignoringNotFound(() => revoke(aws, singleRule(GroupId, rule)))));
