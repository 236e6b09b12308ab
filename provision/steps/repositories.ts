/** The repositories: one per container that is built from source. */
import {
  CreateRepositoryCommand,
  PutImageScanningConfigurationCommand,
  PutImageTagMutabilityCommand,
  PutLifecyclePolicyCommand,
} from '@aws-sdk/client-ecr';
import { isCode } from '../../lib/aws/errors.ts';
import { retagRepository } from '../../lib/aws/retag.ts';
import { containersOf } from '../../lib/config/config.ts';
import { repositoryArn } from '../../lib/derive/arns.ts';
import { foreignOwner } from '../../lib/derive/ownership.ts';
import { policyText } from '../../lib/derive/policies.ts';
import { desiredTags, tagFields, toPascalCaseTags, type TagField } from '../../lib/derive/tags.ts';
import type { Step } from '../../lib/engine/step.ts';
import type { Desired } from '../../lib/look/context.ts';
import { compare, touches, type DesiredFields } from '../../lib/model/change.ts';

type Field = 'scan on push' | 'tag mutability' | 'lifecycle policy' | TagField;

/** A tag identifies the content of an image, so no tag ever moves to another image. */
const MUTABILITY = 'IMMUTABLE';

/**
 * Old images expire late: a running service may still need the digest that it was started with.
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

const desiredFields = (desired: Desired): Map<string, DesiredFields<Field>> =>
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

export const repositories: Step<'repositories', Field> = {
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
      whyForeign: ({ tags, createdAt }) => foreignOwner(tags, desired.names.stack, createdAt),
    }),

  /** @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html */
  async create(context) {
    const repositoryName = context.names.repository(context.change.key);
    try {
      const { repository } = await context.aws.ecr(
        new CreateRepositoryCommand({
          repositoryName,
          imageTagMutability: MUTABILITY,
          imageScanningConfiguration: { scanOnPush: true },
          tags: toPascalCaseTags(context.tags),
        }),
      );
      return { repositoryName, repositoryUri: repository?.repositoryUri ?? '' };
    } catch (error) {
      const existing = isCode(error, 'RepositoryAlreadyExists') ? await context.lookAgain() : undefined;
      if (!existing || foreignOwner(existing.tags, context.names.stack) !== undefined) throw error;
      return existing;
    }
  },

  async configure(context, { repositoryName }) {
    if (!touches(context.change, 'lifecycle policy')) return;
    const policy = { repositoryName, lifecyclePolicyText: lifecyclePolicy };
    await context.aws.ecr(new PutLifecyclePolicyCommand(policy));
  },

  async update(context, { repositoryName }) {
    const { account, aws, change, config } = context;
    if (touches(change, 'scan on push')) {
      const imageScanningConfiguration = { scanOnPush: true };
      await aws.ecr(new PutImageScanningConfigurationCommand({ repositoryName, imageScanningConfiguration }));
    }
    if (touches(change, 'tag mutability')) {
      await aws.ecr(new PutImageTagMutabilityCommand({ repositoryName, imageTagMutability: MUTABILITY }));
    }
    await retagRepository(context, repositoryArn({ region: config.region, account }, repositoryName));
  },
};
