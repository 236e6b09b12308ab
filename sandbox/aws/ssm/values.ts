/** The values of parameters: their limits, their keys, and what a caller sees of them. */
import { createHash } from 'node:crypto';
import type { Parameter, PutParameterRequest } from '@aws-sdk/client-ssm';
import { RE2JS } from 're2js';
import { refusal } from '../../protocol/refusal.ts';
import { invalidKeyId, invalidPattern, invalidRequest, patternMismatch } from './errors.ts';
import type { SelectedVersion } from './names.ts';
import type { ParameterVersionRow } from './store.ts';

/** The key that encrypts SecureStrings by default. AWS manages it. */
export const DEFAULT_KEY = 'alias/aws/ssm';

/** The most bytes of a value, by tier. */
const MAX_BYTES = { Standard: 4096, Advanced: 8192 } as const;

const ADVANCED_GUIDE =
  'https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html';

/**
 * Checks the value of a parameter against the tier, and returns the tier in which it is stored.
 * @throws ValidationException
 */
export function checkValue(
  value = '',
  tier: PutParameterRequest['Tier'],
  current: ParameterVersionRow | undefined,
): keyof typeof MAX_BYTES {
  if (value === '')
    throw invalidRequest(
      "1 validation error detected: Value '' at 'value' failed to satisfy constraint: Member must have length greater than or equal to 1.",
    );
  if (/\{\{.*\}\}/s.test(value))
    throw invalidRequest('Parameter value can\'t nest another parameter. Do not use "{{}}" in the value.');
  const bytes = Buffer.byteLength(value);
  const isAdvanced = current?.tier === 'Advanced';
  if (tier === 'Standard' && isAdvanced)
    throw invalidRequest(
      `This parameter uses the advanced-parameter tier. You can't downgrade a parameter from the advanced-parameter tier to the standard-parameter tier. If necessary, you can delete the advanced parameter and recreate it as a standard parameter. For more information, see ${ADVANCED_GUIDE}`,
    );
  const needsAdvanced = tier === 'Intelligent-Tiering' && bytes > MAX_BYTES.Standard;
  const stored = isAdvanced || tier === 'Advanced' || needsAdvanced ? 'Advanced' : 'Standard';
  if (bytes <= MAX_BYTES[stored]) return stored;
  throw invalidRequest(
    stored === 'Standard'
      ? `Standard tier parameters support a maximum parameter value of ${MAX_BYTES.Standard} characters. To create a larger parameter value, upgrade the parameter to use the advanced-parameter tier. For more information, see ${ADVANCED_GUIDE}`
      : `Advanced tier parameters support a maximum parameter value of ${MAX_BYTES.Advanced} characters.`,
  );
}

/** Checks a value against the pattern that the parameter allows. @throws InvalidAllowedPatternException, ParameterPatternMismatchException */
export function checkPattern(value: string, pattern: string | undefined): void {
  if (pattern === undefined) return;
  let regex: RE2JS;
  try {
    regex = RE2JS.compile(pattern);
  } catch {
    throw invalidPattern(pattern);
  }
  if (!regex.matches(value)) throw patternMismatch(pattern);
}

/**
 * Returns the key of a new SecureString. The sandbox has no KMS: every well-formed id counts as an existing key.
 * @throws ValidationException, InvalidKeyId
 */
export function keyFor(type: string | undefined, keyId: string | undefined): string | undefined {
  if (type !== 'SecureString') {
    if (keyId === undefined) return undefined;
    throw invalidRequest('KeyId is required for SecureString type parameter only.');
  }
  if (keyId === undefined) return DEFAULT_KEY;
  const isKey =
    /^(arn:[\w-]+:kms:[\w-]+:\d{12}:(key|alias)\/[\w/-]+|alias\/[\w/-]+|mrk-[\da-f]{32}|[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12})$/i;
  if (!isKey.test(keyId) || (/^alias\/aws\//.test(keyId) && keyId !== DEFAULT_KEY)) throw invalidKeyId(keyId);
  return keyId;
}

/** Checks the type of the data that a value represents. @throws ValidationException; NotImplemented for images of EC2 */
export function checkDataType(dataType = 'text'): string {
  if (dataType === 'aws:ec2:image')
    throw refusal(
      'NotImplemented',
      'The sandbox does not support the data type aws:ec2:image in ssm yet',
      501,
    );
  if (dataType !== 'text')
    throw invalidRequest(
      `The following data type is not supported: ${dataType} (Data type names are all lowercase.)`,
    );
  return dataType;
}

/** Stands for the encrypted value, which AWS returns to callers that do not ask for decryption. It does not depend on the value. */
const encryptedValue = (arn: string, version: number): string =>
  `AQICAH${createHash('sha512').update(`${arn}:${version}`).digest('base64')}`;

/** Returns a version of a parameter as callers see it. */
export const parameterView = (
  { parameter, version, selector }: SelectedVersion,
  isDecrypted: boolean | undefined,
): Parameter => ({
  Name: parameter.name,
  Type: version.type,
  Value:
    version.type === 'SecureString' && !isDecrypted
      ? encryptedValue(parameter.arn, version.version)
      : version.value,
  Version: version.version,
  Selector: selector,
  LastModifiedDate: version.modifiedAt,
  ARN: parameter.arn,
  DataType: version.dataType,
});
