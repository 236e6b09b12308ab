/** Removes a resource that may be in use: waits while dependents disappear on their own, and reports those that do not. */
import type { BeforeRetry } from '../lib/aws/retry.ts';
import { isCode } from '../lib/aws/errors.ts';
import { ignoringNotFound } from '../lib/engine/delete.ts';
import type { Noun } from '../lib/model/architecture.ts';
import { problem } from '../lib/model/problem.ts';
import type { RemoveContext } from '../lib/engine/step.ts';
import { strangersInCluster } from './cluster-strangers.ts';
import { foreignRules, isTaskInterface, strangersAmong, type Stranger } from './strangers.ts';
import { contentsOf, interfacesAndOwnersIn } from './vpc-contents.ts';

/** A resource or rule that uses the resource to remove. */
type Dependent = Pick<Stranger, 'text' | 'command' | 'isCertainlyForeign'>;

const IN_USE = [
  'DependencyViolation',
  'InvalidGroup.InUse',
  'ClusterContainsTasks',
  'ClusterContainsServices',
  'ClusterContainsContainerInstances',
  'ResourceInUse',
] as const;

/**
 * Sends a delete. When AWS first refuses it because the resource is in use, looks once for the dependents of the resource. If a
 * dependent is foreign, fails at once, since waiting would not help. Otherwise the delete is retried until the dependents have
 * disappeared: they are our own resources, or resources that AWS manages for us.
 * @param what the resource, as a problem names it
 * @param findDependents finds the dependents of the resource
 * @param isGone whether an error means that the resource does not exist; by default, every "not found" does
 * @throws FOREIGN with the dependents, and the commands that remove them or show their owners; the error of `remove` if there are
 *   no dependents
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/delete-vpc.html
 */
export async function removeWhenUnused(
  context: Pick<RemoveContext<Noun>, 'awsCommand'>,
  what: string,
  findDependents: () => Promise<readonly Dependent[]>,
  remove: (options: { readonly beforeRetry: BeforeRetry }) => Promise<unknown>,
  isGone?: (error: unknown) => boolean,
): Promise<void> {
  const inUseProblem = (dependents: readonly Dependent[], cause: unknown) =>
    problem('FOREIGN', {
      what: `${what} is still in use, so it cannot be removed.`,
      why: dependents.map(({ text }) => text).join('\n'),
      now: 'It is kept, and so are the resources that use it.',
      fix: [
        ...dependents.map(({ command }) => context.awsCommand(command)),
        'Then run the same command again, to finish.',
      ],
      cause,
    });
  const beforeRetry = async (error: Error): Promise<void> => {
    if (!isCode(error, ...IN_USE)) return;
    const strangers = (await findDependents()).filter((dependent) => dependent.isCertainlyForeign);
    if (strangers.length > 0) throw inUseProblem(strangers, error);
  };
  try {
    await ignoringNotFound(() => remove({ beforeRetry }), isGone);
  } catch (error) {
    if (!isCode(error, ...IN_USE)) throw error;
    const dependents = await findDependents();
    throw dependents.length === 0 ? error : inUseProblem(dependents, error);
  }
}

/** Finds the dependents of a subnet, a security group or an internet gateway. For a VPC, finds everything in the VPC. */
export async function dependentsInVpc(
  context: Pick<RemoveContext<Noun>, 'aws' | 'names' | 'found'>,
  resource: { readonly id: string; readonly vpcId: string },
): Promise<Dependent[]> {
  const isGroup = resource.id.startsWith('sg-');
  const [contents, rules, clusterStrangers] = await Promise.all([
    resource.id === resource.vpcId
      ? contentsOf(context.aws, resource.vpcId)
      : interfacesAndOwnersIn(context.aws, resource.vpcId),
    isGroup ? foreignRules(context, [resource.id]) : [],
    strangersInCluster(context),
  ]);
  const strangers = strangersAmong(context, contents);
  const usesResource = ({ id, text, networkInterface }: (typeof contents)[number]): boolean => {
    if (id === resource.id) return false;
    if (resource.id === resource.vpcId) return true;
    if (resource.id.startsWith('igw-')) return networkInterface?.Association !== undefined;
    return text.includes(resource.id);
  };
  const dependents = contents.filter(usesResource).map((content) => {
    const stranger = strangers.find(({ id }) => id === content.id);
    const description = content.networkInterface?.Description ?? '';
    const task = isTaskInterface(description)
      ? clusterStrangers.find(({ attachments }) =>
          attachments.some((id) => id !== '' && description.endsWith(id)),
        )
      : undefined;
    return task ?? stranger ?? { ...content, isCertainlyForeign: false };
  });
  return [...new Map([...dependents, ...rules].map((dependent) => [dependent.text, dependent])).values()];
}
