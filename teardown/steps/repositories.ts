/** Removes a repository with all its images. */
import { DeleteRepositoryCommand } from '@aws-sdk/client-ecr';
import { ignoringNotFound } from '../../lib/engine/delete.ts';
import type { Removal } from '../../lib/engine/step.ts';

export const repositories: Removal<'repositories'> = {
  /** Until the services are gone, ECS may start tasks that pull images. */
  after: ['services'],
  /** @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DeleteRepository.html */
  remove: ({ aws, existing }) =>
    ignoringNotFound(() =>
      aws.ecr(new DeleteRepositoryCommand({ repositoryName: existing.repositoryName, force: true })),
    ),
};
