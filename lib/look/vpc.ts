/** Finds our VPC by its tags, with the two DNS attributes that DescribeVpcs does not return. */
import {
  DescribeVpcAttributeCommand,
  DescribeVpcsCommand,
  type Vpc,
  type VpcAttributeName,
} from '@aws-sdk/client-ec2';
import { isNotFound } from '../aws/errors.ts';
import type { Ids } from '../model/architecture.ts';
import { only, type Items } from '../model/resources.ts';
import { readTags, type Tags } from '../derive/tags.ts';
import type { Survey } from './found.ts';
import { describeOurs } from './recorded.ts';
import { indexByKey, type LookContext } from './context.ts';
import { describeSubnets } from './subnets.ts';

export interface FoundVpc extends Readonly<Ids['vpc']> {
  readonly cidr: string;
  readonly dnsSupport: boolean;
  readonly dnsHostnames: boolean;
  readonly tags: Tags;
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcs.html */
export async function lookVpc(context: LookContext): Promise<Items<FoundVpc>> {
  const vpcs = await describeOurs(context, ['vpc'], 'VpcId', async ({ Filters, ids: VpcIds, NextToken }) => {
    const { Vpcs = [], NextToken: next } = await context.aws.ec2(
      new DescribeVpcsCommand({ Filters, VpcIds, NextToken }),
    );
    return { items: Vpcs, next };
  });
  const found = await Promise.all((await sortUsedFirst(context, vpcs)).map((vpc) => read(context, vpc)));
  return indexByKey(found.filter((vpc) => vpc !== undefined));
}

/** Puts the VPC that contains our subnets first, so that it keeps the key and its duplicates are removed. */
async function sortUsedFirst(context: LookContext, vpcs: readonly Vpc[]): Promise<readonly Vpc[]> {
  if (vpcs.length < 2) return vpcs;
  const inUse = new Set((await describeSubnets(context)).map(({ VpcId }) => VpcId));
  const rank = ({ VpcId }: Vpc): number => (inUse.has(VpcId) ? 0 : 1);
  return [...vpcs].sort((a, b) => rank(a) - rank(b));
}

/** Reads the DNS attributes of a listed VPC; undefined when the VPC has been deleted since. */
async function read({ aws }: LookContext, { VpcId = '', ...vpc }: Vpc): Promise<FoundVpc | undefined> {
  const attribute = (Attribute: VpcAttributeName) =>
    aws.ec2(new DescribeVpcAttributeCommand({ VpcId, Attribute }));
  try {
    const [support, hostnames] = await Promise.all([
      attribute('enableDnsSupport'),
      attribute('enableDnsHostnames'),
    ]);
    return {
      vpcId: VpcId,
      cidr: vpc.CidrBlock ?? '',
      dnsSupport: support.EnableDnsSupport?.Value ?? false,
      dnsHostnames: hostnames.EnableDnsHostnames?.Value ?? false,
      tags: readTags(vpc.Tags),
    };
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** Returns why a resource cannot be used: it is not in our VPC, and cannot move. Undefined if it is in our VPC. */
export const inAnotherVpc =
  ({ vpc }: Survey) =>
  ({ vpcId }: { readonly vpcId: string }): string | undefined =>
    vpcId === only(vpc)?.vpcId ? undefined : `it is in ${vpcId}, which is not the VPC of this stack`;
