/** Finds the secrets that the configuration names. They are only read, and never their values. */
import { DescribeSecretCommand, type DescribeSecretResponse } from '@aws-sdk/client-secrets-manager';
import { DescribeParametersCommand, GetParametersCommand, type ParameterMetadata } from '@aws-sdk/client-ssm';
import { batchesOf } from '../aws/batches.ts';
import { isAccessDenied, isCode, isUnimplemented, messageOf } from '../aws/errors.ts';
import { allPages } from '../aws/pages.ts';
import { parseSecretReference } from '../config/secret-reference.ts';
import {
  accountIn,
  isElsewhere,
  secretReferencesIn,
  type ResolvedSecret,
  type ResolvedSecrets,
} from '../derive/secrets.ts';
import type { Items } from '../model/resources.ts';
import type { LookContext } from './context.ts';

/** A secret as AWS describes it. One that cannot be described may still exist: the caller may lack the permission. */
export type FoundSecret =
  | ({ readonly state: 'found'; readonly type?: string | undefined } & ResolvedSecret)
  | { readonly state: 'missing' | 'no value' | 'deleted' }
  | { readonly state: 'unknown'; readonly why: string };

/** The most names that one filter accepts. */
const BATCH_SIZE = 50;

/** Returns the secrets of all containers under their references. */
export async function lookSecrets({ aws, config }: LookContext): Promise<Items<FoundSecret>> {
  const references = secretReferencesIn(config);
  const elsewhere = references.filter((reference) => isElsewhere(reference, config.region));
  const here = references.filter((reference) => !elsewhere.includes(reference));
  const of = (service: string) =>
    here.filter((reference) => parseSecretReference(reference)?.service === service);
  const found = await Promise.all([
    unlessForbidden(of('ssm'), () => lookParameters(aws, of('ssm'))),
    ...of('secretsmanager').map((reference) =>
      unlessForbidden([reference], async () => [[reference, await lookSecret(aws, reference)] as const]),
    ),
  ]);
  const other = { state: 'unknown', why: `it is not in ${config.region}` } as const;
  return new Map([...elsewhere.map((reference) => [reference, other] as const), ...found.flat()]);
}

/** Returns the secrets that could be resolved. */
export const resolvedIn = (secrets: Items<FoundSecret> | undefined): ResolvedSecrets =>
  new Map(
    [...(secrets ?? [])].flatMap(([reference, secret]) =>
      secret.state === 'found' ? [[reference, secret] as const] : [],
    ),
  );

type Entry = readonly [reference: string, secret: FoundSecret];

/** A caller without the permission to describe secrets can still deploy, and so can one whose endpoint lacks the service. */
async function unlessForbidden(
  references: readonly string[],
  look: () => Promise<Entry[]>,
): Promise<Entry[]> {
  try {
    return await look();
  } catch (error) {
    if (!isAccessDenied(error) && !isUnimplemented(error)) throw error;
    return references.map((reference) => [reference, { state: 'unknown', why: messageOf(error) }]);
  }
}

/**
 * Describes parameters by name. An ARN is described by the name in it, with a leading slash and without.
 * @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeParameters.html
 */
async function lookParameters(aws: LookContext['aws'], references: readonly string[]): Promise<Entry[]> {
  const names = [...new Set(references.flatMap(namesIn))];
  const batches = await Promise.all(
    batchesOf(names, BATCH_SIZE).map((Values) =>
      allPages(async (NextToken) => {
        const ParameterFilters = [{ Key: 'Name', Option: 'Equals', Values }];
        const page = await aws.ssm(
          new DescribeParametersCommand({ ParameterFilters, MaxResults: 50, NextToken }),
        );
        return { items: page.Parameters ?? [], next: page.NextToken };
      }),
    ),
  );
  const described = new Map(batches.flat().map((parameter) => [parameter.Name ?? '', parameter]));
  const missing = references.filter((reference) => !namesIn(reference).some((name) => described.has(name)));
  const found = new Map([...described, ...(await recentParameters(aws, missing.flatMap(namesIn)))]);
  return references.map((reference) => {
    const parameter = namesIn(reference).flatMap((name) => found.get(name) ?? [])[0];
    return [reference, parameter ? readParameter(reference, parameter) : { state: 'missing' }];
  });
}

/** The most names that one call accepts. */
const READ_BATCH_SIZE = 10;

/**
 * Reads parameters that are not listed, since a new one may not be in the lists yet. Without decryption, the values stay secret.
 * A caller who may not read them relies on the lists.
 */
async function recentParameters(
  aws: LookContext['aws'],
  names: readonly string[],
): Promise<[name: string, parameter: ParameterMetadata][]> {
  const batches = batchesOf([...new Set(names)], READ_BATCH_SIZE).map(async (Names) => {
    try {
      const { Parameters = [] } = await aws.ssm(new GetParametersCommand({ Names, WithDecryption: false }));
      return Parameters.map(({ Name, ARN, Version, Type }) => ({ Name, ARN, Version, Type }));
    } catch (error) {
      if (isAccessDenied(error)) return [];
      throw error;
    }
  });
  return (await Promise.all(batches)).flat().map((parameter) => [parameter.Name ?? '', parameter]);
}

/** Returns the names that a reference may mean. */
function namesIn(reference: string): string[] {
  const { id = '' } = parseSecretReference(reference) ?? {};
  const [, name] = /^arn:.*?:parameter\/(.*)$/.exec(id) ?? [];
  return name === undefined ? [id] : [`/${name}`, ...(name.includes('/') ? [] : [name])];
}

function readParameter(reference: string, { ARN, Version, KeyId, Type }: ParameterMetadata): FoundSecret {
  const { id = '' } = parseSecretReference(reference) ?? {};
  // Another account may have a parameter with the same name.
  if (ARN !== undefined && id.startsWith('arn:') && accountIn(ARN) !== accountIn(id))
    return { state: 'unknown', why: `it belongs to the account ${accountIn(id)}` };
  return {
    state: 'found',
    // Emulators of AWS may not return the ARN.
    arn: ARN ?? id,
    version: String(Version ?? ''),
    keyId: KeyId?.startsWith('alias/aws/') ? undefined : KeyId,
    type: Type,
  };
}

/** @see https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DescribeSecret.html */
async function lookSecret(aws: LookContext['aws'], reference: string): Promise<FoundSecret> {
  const { id: SecretId, label, versionId } = parseSecretReference(reference) ?? { id: reference };
  let secret: DescribeSecretResponse;
  try {
    secret = await aws.secretsmanager(new DescribeSecretCommand({ SecretId }));
  } catch (error) {
    if (isCode(error, 'ResourceNotFound')) return { state: 'missing' };
    throw error;
  }
  if (secret.DeletedDate) return { state: 'deleted' };
  const stages = Object.entries(secret.VersionIdsToStages ?? {});
  const version = versionId ?? stages.find(([, labels]) => labels.includes(label ?? 'AWSCURRENT'))?.[0];
  if (version === undefined) return { state: 'no value' };
  return { state: 'found', arn: secret.ARN ?? SecretId, version, keyId: secret.KmsKeyId };
}
