/** Finds our repositories by the prefix of their names. */
import {
  DescribeRepositoriesCommand,
  GetLifecyclePolicyCommand,
  ListTagsForResourceCommand,
  type Repository,
} from '@aws-sdk/client-ecr';
import { isCode } from '../aws/errors.ts';
import { allPages } from '../aws/pages.ts';
import { policyText } from '../derive/policies.ts';
import type { Ids } from '../model/architecture.ts';
import type { Items } from '../model/resources.ts';
import { readTags, type Tags } from '../derive/tags.ts';
import type { LookContext } from './context.ts';

export interface FoundRepository extends Readonly<Ids['repositories']> {
  readonly scanOnPush: boolean;
  readonly mutability: string;
  /** The policy as normalised JSON; empty when there is no policy. */
  readonly lifecyclePolicy: string;
  /** The time of creation, which is shown for a resource of another owner. */
  readonly createdAt?: Date | undefined;
  readonly tags: Tags;
}

/**
 * The key of a repository is the part of its name after the name of the stack. A call that describes repositories by name fails
 * completely if one of them is missing, so all repositories of the account are listed.
 * @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeRepositories.html
 */
export const lookRepositories = (context: LookContext): Promise<Items<FoundRepository>> =>
  context.shared('repositories', () => look(context));

async function look(context: LookContext): Promise<Items<FoundRepository>> {
  const { aws, names } = context;
  const prefix = names.repository('');
  const all = await allPages(async (nextToken) => {
    const page = await aws.ecr(new DescribeRepositoriesCommand({ nextToken, maxResults: 1000 }));
    return { items: page.repositories ?? [], next: page.nextToken };
  });
  const candidates = all.filter(({ repositoryName = '' }) => repositoryName.startsWith(prefix));
  const found = await Promise.all(
    candidates.map(
      async (repository) =>
        [repository.repositoryName?.slice(prefix.length) ?? '', await read(context, repository)] as const,
    ),
  );
  return new Map(found.flatMap(([key, repository]) => (repository ? [[key, repository] as const] : [])));
}

/** Reads the details of a listed repository; undefined when it has been deleted since. */
async function read({ aws }: LookContext, repository: Repository): Promise<FoundRepository | undefined> {
  const { repositoryName = '', repositoryArn, repositoryUri = '' } = repository;
  const [lifecyclePolicy, tags] = await Promise.all([
    lifecycleOf(aws, repositoryName),
    tagsOf(aws, repositoryArn),
  ]);
  if (!tags) return undefined;
  return {
    repositoryName,
    repositoryUri,
    scanOnPush: repository.imageScanningConfiguration?.scanOnPush ?? false,
    mutability: repository.imageTagMutability ?? '',
    lifecyclePolicy,
    createdAt: repository.createdAt,
    tags,
  };
}

async function tagsOf(aws: LookContext['aws'], resourceArn: string | undefined): Promise<Tags | undefined> {
  try {
    const { tags } = await aws.ecr(new ListTagsForResourceCommand({ resourceArn }));
    return readTags(tags);
  } catch (error) {
    if (isCode(error, 'RepositoryNotFound')) return undefined;
    throw error;
  }
}

async function lifecycleOf(aws: LookContext['aws'], repositoryName: string): Promise<string> {
  try {
    const { lifecyclePolicyText = '' } = await aws.ecr(new GetLifecyclePolicyCommand({ repositoryName }));
    return policyText(JSON.parse(lifecyclePolicyText));
  } catch (error) {
    if (isCode(error, 'LifecyclePolicyNotFound', 'RepositoryNotFound')) return '';
    throw error;
  }
}
