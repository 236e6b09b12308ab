/** Explains a refused delete: AWS's message does not name the resources that prevent it. */
import { isCode } from '../lib/aws/errors.ts';
import type { Aws } from '../lib/aws/clients.ts';
import { problem } from '../lib/model/problem.ts';
import { contentsOf } from './vpc-contents.ts';

/**
 * Runs a delete, and explains a refusal. The delete has already been retried while AWS released its own resources. If AWS still
 * refuses it, other resources in the VPC must be using the target.
 * @param target the resource to delete, and the VPC that it is in
 * @throws FOREIGN with the resources that use the target; the error of `remove` if there are no such resources
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/delete-vpc.html
 */
export async function explainInUse(
  aws: Pick<Aws, 'ec2'>,
  target: { readonly id: string; readonly vpcId: string },
  remove: () => Promise<void>,
): Promise<void> {
  try {
    await remove();
  } catch (error) {
    if (!isCode(error, 'DependencyViolation', 'InvalidGroup.InUse')) throw error;
    const contents = await contentsOf(aws, target.vpcId);
    const dependents = contents.filter(({ id, text }) => id !== target.id && text.includes(target.id));
    if (dependents.length === 0) throw error;
    throw problem('FOREIGN', {
      what: `${target.id} is still in use, so it cannot be removed.`,
      why: dependents.map(({ text }) => text).join('\n'),
      now: 'It is kept, and so are the resources that use it.',
      fix: ['Remove the listed resources if no one needs them.', 'npm run teardown, to finish'],
      cause: error,
    });
  }
}
