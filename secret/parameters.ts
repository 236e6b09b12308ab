/** The calls to Parameter Store: a secret of a stack is a SecureString with the tags of the stack. */
import {
  AddTagsToResourceCommand,
  DeleteParameterCommand,
  DescribeParametersCommand,
  ListTagsForResourceCommand,
  PutParameterCommand,
  type ParameterMetadata,
} from '@aws-sdk/client-ssm';
import type { Aws } from '../lib/aws/clients.ts';
import { isCode } from '../lib/aws/errors.ts';
import { allPages } from '../lib/aws/pages.ts';
import { PROJECT_TAG, readTags, STACK_TAG, toPascalCaseTags, type Tags } from '../lib/derive/tags.ts';
import type { Desired } from '../lib/look/context.ts';

/** The stack whose secrets are changed, and the client. */
export interface SecretStore extends Pick<Desired, 'config' | 'names'> {
  readonly aws: Pick<Aws, 'ssm'>;
}

/** Returns the name of the parameter that holds a secret. */
export const parameterNameOf = ({ names }: Pick<SecretStore, 'names'>, name: string): string =>
  `${names.secretPath}${name}`;

/** The tags of a secret: those of the stack and of the user, as for every resource. */
const secretTags = ({ config, names }: SecretStore): Tags => ({
  ...config.tags,
  ...(config.project !== undefined && { [PROJECT_TAG]: config.project }),
  [STACK_TAG]: names.stack,
});

/**
 * Creates a secret.
 * @param keyId the customer's key; by default the key that AWS manages
 * @returns the version; undefined if there is a parameter of this name
 */
export async function createSecret(
  store: SecretStore,
  name: string,
  value: string,
  keyId: string | undefined,
): Promise<number | undefined> {
  try {
    const { Version = 1 } = await store.aws.ssm(
      new PutParameterCommand({
        Name: parameterNameOf(store, name),
        Value: value,
        Type: 'SecureString',
        KeyId: keyId,
        Tags: toPascalCaseTags(secretTags(store)),
      }),
    );
    return Version;
  } catch (error) {
    if (isCode(error, 'ParameterAlreadyExists')) return undefined;
    throw error;
  }
}

/** A parameter that exists, and whether the stack owns it. */
export interface ExistingSecret {
  readonly parameter: ParameterMetadata;
  readonly isOurs: boolean;
}

/** Finds a secret with its tags; undefined if there is no parameter of this name. */
export async function findSecret(store: SecretStore, name: string): Promise<ExistingSecret | undefined> {
  const Name = parameterNameOf(store, name);
  const { Parameters = [] } = await store.aws.ssm(
    new DescribeParametersCommand({ ParameterFilters: [{ Key: 'Name', Option: 'Equals', Values: [Name] }] }),
  );
  const [parameter] = Parameters;
  if (!parameter) return undefined;
  const { TagList } = await store.aws.ssm(
    new ListTagsForResourceCommand({ ResourceType: 'Parameter', ResourceId: Name }),
  );
  return { parameter, isOurs: readTags(TagList)[STACK_TAG] === store.names.stack };
}

/**
 * Stores a new version. Without a key, a parameter keeps its own: AWS would use its default key instead.
 * @returns the version
 */
export async function overwriteSecret(
  store: SecretStore,
  name: string,
  value: string,
  { parameter, isOurs }: ExistingSecret,
  keyId: string | undefined,
): Promise<number> {
  const Name = parameterNameOf(store, name);
  const { Version = 1 } = await store.aws.ssm(
    new PutParameterCommand({
      Name,
      Value: value,
      Type: 'SecureString',
      KeyId: keyId ?? parameter.KeyId,
      Overwrite: true,
    }),
  );
  // A parameter cannot be overwritten and tagged in one call.
  if (!isOurs)
    await store.aws.ssm(
      new AddTagsToResourceCommand({
        ResourceType: 'Parameter',
        ResourceId: Name,
        Tags: toPascalCaseTags(secretTags(store)),
      }),
    );
  return Version;
}

/** Lists the parameters directly in the path of the stack, without their values. */
export function listSecrets({ aws, names }: SecretStore): Promise<ParameterMetadata[]> {
  const ParameterFilters = [
    { Key: 'Path', Option: 'OneLevel', Values: [names.secretPath.replace(/\/$/, '')] },
  ];
  return allPages(async (NextToken) => {
    const page = await aws.ssm(
      new DescribeParametersCommand({ ParameterFilters, MaxResults: 50, NextToken }),
    );
    return { items: page.Parameters ?? [], next: page.NextToken };
  });
}

/** Deletes a secret. AWS keeps no copy. @returns whether it existed */
export async function deleteSecret(store: SecretStore, name: string): Promise<boolean> {
  try {
    await store.aws.ssm(new DeleteParameterCommand({ Name: parameterNameOf(store, name) }));
    return true;
  } catch (error) {
    if (isCode(error, 'ParameterNotFound')) return false;
    throw error;
  }
}
