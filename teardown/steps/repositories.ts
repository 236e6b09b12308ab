/** Removes a repository with all its images. */
import { DeleteRepositoryCommand } from '@aws-sdk/client-ecr';
import { ignoringNotFound } from '../../lib/engine/delete.ts';
import type { Removal } from '../../lib/engine/step.ts';

export const repositories: Removal<'repositories'> = {
  /** Tasks that are still to be started could not pull any more. */
  after: ['services'],
  /** @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DeleteRepository.html */
  remove: ({ aws, existing: item }) =>
    ignoringNotFound(() =>
      aws.ecr(new DeleteRepositoryCommand({ repositoryName: item.repositoryName, force: true })),
    ),
};
