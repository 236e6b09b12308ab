/** Names what still holds a thing that AWS does not delete: its own word says only that there is something. */
import { isCode } from '../lib/aws/errors.ts';
import type { Aws } from '../lib/aws/clients.ts';
import { problem } from '../lib/model/problem.ts';
import { contentsOf } from './vpc-contents.ts';

/**
 * Runs a delete. One that is refused when the time that AWS itself takes to let go is over is refused because of others.
 * @param held what is to be deleted, and the VPC that it lies in
 * @throws FOREIGN with what holds it; what `remove` throws where nothing is seen that does
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/delete-vpc.html
 */
export async function explainInUse(
  aws: Pick<Aws, 'ec2'>,
  held: { readonly id: string; readonly vpcId: string },
  remove: () => Promise<void>,
): Promise<void> {
  try {
    await remove();
  } catch (error) {
    if (!isCode(error, 'DependencyViolation', 'InvalidGroup.InUse')) throw error;
    const things = await contentsOf(aws, held.vpcId);
    const holders = things.filter(({ id, text }) => id !== held.id && text.includes(held.id));
    if (holders.length === 0) throw error;
    throw problem('FOREIGN', {
      what: `${held.id} is still in use, so it cannot be removed.`,
      why: holders.map(({ text }) => text).join('\n'),
      now: 'It and what is listed are kept.',
      fix: ['Remove what is listed, if you know that nobody needs it.', 'npm run teardown, to finish'],
      cause: error,
    });
  }
}
