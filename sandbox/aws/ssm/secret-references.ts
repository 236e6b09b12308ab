/** Reads secrets of Secrets Manager through Parameter Store, under `/aws/reference/secretsmanager/`. */
import type { Parameter } from '@aws-sdk/client-ssm';
import { Refusal } from '../../protocol/refusal.ts';
import type { Region } from '../../world/region.ts';
import { secretValueOf } from '../secretsmanager/values.ts';
import { invalidRequest, parameterNotFound } from './errors.ts';

const PREFIX = '/aws/reference/secretsmanager/';

export const isSecretReference = (name = ''): boolean => name.startsWith(PREFIX);

/**
 * Returns a secret as a parameter.
 * @throws ParameterNotFound; ValidationException without decryption
 * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/integration-ps-secretsmanager.html
 */
export function secretAsParameter(region: Region, name: string, isDecrypted: boolean | undefined): Parameter {
  const secretName = name.slice(PREFIX.length);
  if (!isDecrypted)
    throw invalidRequest('WithDecryption flag must be True for retrieving a Secret Manager secret.');
  try {
    const { secret, version } = secretValueOf(region, { SecretId: secretName });
    return {
      Name: name,
      Type: 'SecureString',
      Value: version.string ?? '',
      Version: 0,
      SourceResult: JSON.stringify({ ARN: secret.arn, name: secret.name, versionId: version.id }),
      LastModifiedDate: version.createdAt,
      ARN: secret.arn,
    };
  } catch (error) {
    if (error instanceof Refusal && error.code === 'ResourceNotFoundException')
      throw parameterNotFound(
        `An error occurred (ParameterNotFound) when referencing Secrets Manager: Secret ${name} not found.`,
      );
    throw error;
  }
}
