/** Removes the VPC, once it contains no foreign resources. */
import {
  DeleteVpcCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
} from '@aws-sdk/client-ec2';
import { ignoringNotFound } from '../../lib/engine/delete.ts';
import { foreignOwner } from '../../lib/derive/ownership.ts';
import { isProblem, problem } from '../../lib/model/problem.ts';
import type { Removal, RemoveContext } from '../../lib/engine/step.ts';
import { readTags } from '../../lib/derive/tags.ts';
import { pending, ready } from '../../lib/engine/until.ts';
import { isMainTable } from '../../lib/look/route-tables.ts';
import { isDefaultGroup } from '../../lib/look/security-groups.ts';

export const vpc: Removal<'vpc'> = {
  /** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteVpc.html */
  async remove(context) {
    await waitUntilNoneForeign(context);
    await ignoringNotFound(() => context.aws.ec2(new DeleteVpcCommand({ VpcId: context.existing.vpcId })));
  },
};

/**
 * Waits while foreign resources are listed. AWS still lists deleted resources for up to a minute. Those of this stack may
 * appear without their tags, and so look foreign.
 * @throws FOREIGN with the resources that remain
 */
async function waitUntilNoneForeign(context: RemoveContext<'vpc'>): Promise<void> {
  const { vpcId } = context.existing;
  let foreign: readonly string[] = [];
  try {
    await context.until(`${vpcId} to be empty`, 'leftovers', async () => {
      foreign = await foreignResourcesIn(context);
      return foreign.length === 0 ? ready(undefined) : pending(`${foreign.join(', ')} still shown`);
    });
  } catch (error) {
    throw isProblem(error, 'TIMEOUT') ? notEmpty(vpcId, foreign) : error;
  }
}

/** Lists the resources in our VPC that do not belong to this stack. They prevent its deletion. */
async function foreignResourcesIn({ aws, existing, names }: RemoveContext<'vpc'>): Promise<string[]> {
  const Filters = [{ Name: 'vpc-id', Values: [existing.vpcId] }];
  const [{ SecurityGroups = [] }, { Subnets = [] }, { RouteTables = [] }] = await Promise.all([
    aws.ec2(new DescribeSecurityGroupsCommand({ Filters })),
    aws.ec2(new DescribeSubnetsCommand({ Filters })),
    aws.ec2(new DescribeRouteTablesCommand({ Filters })),
  ]);
  const resources = [
    // The default group and the main route table are deleted with their VPC.
    ...SecurityGroups.filter((group) => !isDefaultGroup(group)).map(({ GroupId, GroupName, Tags }) => ({
      text: `${GroupId} (${GroupName})`,
      tags: Tags,
    })),
    ...Subnets.map(({ SubnetId, CidrBlock, Tags }) => ({ text: `${SubnetId} (${CidrBlock})`, tags: Tags })),
    ...RouteTables.filter((table) => !isMainTable(table)).map(({ RouteTableId, Tags }) => ({
      text: `${RouteTableId} (route table)`,
      tags: Tags,
    })),
  ];
  return resources
    .filter(({ tags }) => foreignOwner(readTags(tags), names.stack) !== undefined)
    .map(({ text }) => text);
}

const notEmpty = (vpcId: string, foreign: readonly string[]) =>
  problem('FOREIGN', {
    what: `${vpcId} contains resources that do not belong to this stack, so it cannot be removed.`,
    why: foreign.join('\n'),
    now: 'The VPC and these resources are kept; the rest of the stack is removed.',
    fix: ['Remove the listed resources if no one needs them.', 'npm run teardown, to finish'],
  });
