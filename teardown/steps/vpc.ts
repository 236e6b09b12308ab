/** Removes the VPC, once nothing lives in it any more. */
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
import { isDefaultGroup, isMainTable } from '../vpc-contents.ts';

export const vpc: Removal<'vpc'> = {
  /** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteVpc.html */
  async remove(context) {
    await waitUntilNoneForeign(context);
    await ignoringNotFound(() => context.aws.ec2(new DeleteVpcCommand({ VpcId: context.existing.vpcId })));
  },
};

/** Lists show for up to a minute what is gone, and one that has lost its tags looks as if it were another's. */
async function waitUntilNoneForeign(context: RemoveContext<'vpc'>): Promise<void> {
  const { vpcId } = context.existing;
  let others: readonly string[] = [];
  try {
    await context.until(`${vpcId} to be empty`, 'leftovers', async () => {
      others = await foreignResourcesIn(context);
      return others.length === 0 ? ready(undefined) : pending(`${others.join(', ')} still shown`);
    });
  } catch (error) {
    throw isProblem(error, 'TIMEOUT') ? notEmpty(vpcId, others) : error;
  }
}

/** What others made in our VPC: it keeps the VPC, however long one waits, and is not ours to remove. */
async function foreignResourcesIn({ aws, existing: item, names }: RemoveContext<'vpc'>): Promise<string[]> {
  const Filters = [{ Name: 'vpc-id', Values: [item.vpcId] }];
  const [{ SecurityGroups = [] }, { Subnets = [] }, { RouteTables = [] }] = await Promise.all([
    aws.ec2(new DescribeSecurityGroupsCommand({ Filters })),
    aws.ec2(new DescribeSubnetsCommand({ Filters })),
    aws.ec2(new DescribeRouteTablesCommand({ Filters })),
  ]);
  const things = [
    // The default group goes with its VPC.
    ...SecurityGroups.filter((group) => !isDefaultGroup(group)).map(({ GroupId, GroupName, Tags }) => ({
      text: `${GroupId} (${GroupName})`,
      tags: Tags,
    })),
    ...Subnets.map(({ SubnetId, CidrBlock, Tags }) => ({ text: `${SubnetId} (${CidrBlock})`, tags: Tags })),
    // So does the main table.
    ...RouteTables.filter((table) => !isMainTable(table)).map(({ RouteTableId, Tags }) => ({
      text: `${RouteTableId} (route table)`,
      tags: Tags,
    })),
  ];
  return things
    .filter(({ tags }) => foreignOwner(readTags(tags), names.stack) !== undefined)
    .map(({ text }) => text);
}

const notEmpty = (vpcId: string, others: readonly string[]) =>
  problem('FOREIGN', {
    what: `Others have made something in ${vpcId}, so it cannot be removed.`,
    why: others.join('\n'),
    now: 'The VPC and what is listed are kept; the rest of the stack is removed.',
    fix: ['Remove what is listed, if you know that nobody needs it.', 'npm run teardown, to finish'],
  });
