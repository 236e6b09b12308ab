/** The repositories: one a container that is built from source. */
import {
  CreateRepositoryCommand,
  PutImageScanningConfigurationCommand,
  PutImageTagMutabilityCommand,
  PutLifecyclePolicyCommand,
} from '@aws-sdk/client-ecr';
import { repositoryArn } from '../../lib/derive/arns.ts';
import { isCode } from '../../lib/aws/errors.ts';
import { compare, touches, type DesiredFields } from '../../lib/model/change.ts';
import { containersOf } from '../../lib/config/config.ts';
import { foreignOwner, type Desired } from '../../lib/look/context.ts';
import { policyText } from '../../lib/derive/policies.ts';
import { retagRepository } from '../../lib/aws/retag.ts';
import type { ApplyContext, Step } from '../../lib/engine/step.ts';
import { tagFields, toPascalCaseTags, desiredTags } from '../../lib/derive/tags.ts';

/** A tag stands for the content of an image: it never moves. */
const MUTABILITY = 'IMMUTABLE';

/**
 * Old images go, but late: a running service may still need the digest it was started with.
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html
 */
export const lifecyclePolicy = policyText({
  rules: [
    {
      rulePriority: 1,
      description: 'Keep the last 30 images',
      selection: { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 30 },
      action: { type: 'expire' },
    },
  ],
});

const desiredFields = (desired: Desired): Map<string, DesiredFields> =>
  new Map(
    containersOf(desired.config)
      .filter(({ image }) => 'source' in image)
      .map(({ key }) => [
        key,
        {
          'scan on push': true,
          'tag mutability': MUTABILITY,
          'lifecycle policy': lifecyclePolicy,
          ...desiredTags(desired, 'repositories', key),
        },
      ]),
  );

export const repositories: Step<'repositories'> = {
  diff: (desired, found) =>
    compare({
      noun: 'repositories',
      desired: desiredFields(desired),
      found: found.repositories,
      fieldsOf: (repository) => ({
        'scan on push': repository.scanOnPush,
        'tag mutability': repository.mutability,
        'lifecycle policy': repository.lifecyclePolicy,
        ...tagFields(repository.tags),
      }),
      foreign: ({ tags, createdAt }) => foreignOwner(tags, desired.names.stack, createdAt),
    }),

  async apply(context) {
    const { aws, change, existing: item, names, config, account } = context;
    const repositoryName = names.repository(change.key);
    const ids = {
      repositoryName,
      repositoryUri: item?.repositoryUri ?? (await create(context, repositoryName)),
    };
    await context.record(ids);
    if (touches(change, 'lifecycle policy')) {
      await aws.ecr(new PutLifecyclePolicyCommand({ repositoryName, lifecyclePolicyText: lifecyclePolicy }));
    }
    if (item && touches(change, 'scan on push')) {
      const imageScanningConfiguration = { scanOnPush: true };
      await aws.ecr(new PutImageScanningConfigurationCommand({ repositoryName, imageScanningConfiguration }));
    }
    if (item && touches(change, 'tag mutability')) {
      await aws.ecr(new PutImageTagMutabilityCommand({ repositoryName, imageTagMutability: MUTABILITY }));
    }
    await retagRepository(context, repositoryArn({ region: config.region, account }, repositoryName));
    return ids;
  },
};

/** @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html */
async function create(context: ApplyContext<'repositories'>, repositoryName: string): Promise<string> {
  try {
    const { repository } = await context.aws.ecr(
      new CreateRepositoryCommand({
        repositoryName,
        imageTagMutability: MUTABILITY,
        imageScanningConfiguration: { scanOnPush: true },
        tags: toPascalCaseTags(context.tags),
      }),
    );
    return repository?.repositoryUri ?? '';
  } catch (error) {
    const ours = isCode(error, 'RepositoryAlreadyExists') ? await context.lookAgain() : undefined;
    if (!ours || foreignOwner(ours.tags, context.names.stack) !== undefined) throw error;
    return ours.repositoryUri;
  }
}
