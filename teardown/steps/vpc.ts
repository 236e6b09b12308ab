/** Removes the VPC, once it contains no foreign resources. */
import { DeleteVpcCommand } from '@aws-sdk/client-ec2';
import { isProblem, problem, type Problem } from '../../lib/model/problem.ts';
import type { Removal, RemoveContext } from '../../lib/engine/step.ts';
import { failed, pending, ready } from '../../lib/engine/until.ts';
import { removeWhenUnused, dependentsInVpc } from '../in-use.ts';
import { strangersIn, type Stranger } from '../strangers.ts';

export const vpc: Removal<'vpc'> = {
  /** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteVpc.html */
  async remove(context) {
    const { vpcId } = context.existing;
    await waitUntilNothingForeign(context);
    await removeWhenUnused(
      context,
      vpcId,
      () => dependentsInVpc(context, { id: vpcId, vpcId }),
      (options) => context.aws.ec2(new DeleteVpcCommand({ VpcId: vpcId }), options),
    );
  },
};

/**
 * Waits until the VPC contains no resources that may be foreign. AWS lists deleted resources for up to a minute, sometimes without
 * their tags, so our own deleted resources may seem foreign. If a resource is certainly foreign, the wait ends at once.
 * @throws FOREIGN with the resources that remain
 */
async function waitUntilNothingForeign(context: RemoveContext<'vpc'>): Promise<void> {
  const { vpcId } = context.existing;
  let foreign: readonly Stranger[] = [];
  try {
    await context.until(`${vpcId} to be empty`, 'leftovers', async () => {
      foreign = await strangersIn(context, vpcId);
      if (foreign.length === 0) return ready(undefined);
      const text = foreign.map((stranger) => stranger.text).join(', ');
      if (!foreign.some(({ isCertainlyForeign }) => isCertainlyForeign))
        return pending(`${text} still shown`);
      return failed(text, notEmpty(context, foreign));
    });
  } catch (error) {
    throw isProblem(error, 'TIMEOUT') ? notEmpty(context, foreign) : error;
  }
}

const notEmpty = (context: RemoveContext<'vpc'>, foreign: readonly Stranger[]): Problem =>
  problem('FOREIGN', {
    what: `${context.existing.vpcId} contains resources that do not belong to this stack, so it cannot be removed.`,
    why: foreign.map(({ text }) => text).join('\n'),
    now: 'The VPC and these resources are kept; the rest of the stack is removed.',
    fix: [
      ...foreign.map(({ command }) => context.awsCommand(command)),
      'Then run the same command again, to finish.',
    ],
  });
