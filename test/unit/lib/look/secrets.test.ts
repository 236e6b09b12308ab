// The look of secrets: what AWS says about them, without their values.
import { DescribeSecretCommand } from '@aws-sdk/client-secrets-manager';
import { DescribeParametersCommand, GetParametersCommand } from '@aws-sdk/client-ssm';
import { expect, test } from '@jest/globals';
import { lookSecrets, resolvedIn } from '../../../../lib/look/secrets.ts';
import { awsError, config, lookContextOf, mocks, sentCalls } from '../../step-harness.ts';

const PARAMETER = 'arn:aws:ssm:eu-west-1:111122223333:parameter/shop/db';
const SECRET = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop/keys-AbCdEf';
const KEY = 'arn:aws:kms:eu-west-1:111122223333:key/1234abcd';

/** A configuration whose first container has these secrets. */
function withSecrets(secrets: Record<string, string>, registryCredentials?: string) {
  const stack = config();
  const [service] = stack.services;
  if (!service) throw new Error('The configuration has no service');
  const [first, ...others] = service.containers;
  if (!first) throw new Error('The service has no container');
  return {
    ...stack,
    services: [{ ...service, containers: [{ ...first, secrets, registryCredentials }, ...others] }],
  };
}
const lookFor = async (secrets: Record<string, string>, registryCredentials?: string) =>
  Object.fromEntries(await lookSecrets(lookContextOf(withSecrets(secrets, registryCredentials))));

test('parameters are described in one call, by the names in references and in ARNs', async () => {
  mocks.ssm.on(DescribeParametersCommand).resolves({
    Parameters: [
      { Name: '/shop/db', ARN: PARAMETER, Version: 7, KeyId: KEY, Type: 'SecureString' },
      { Name: '/shop/key', Version: 1, KeyId: 'alias/aws/ssm', Type: 'SecureString' },
    ],
  });
  mocks.ssm.on(GetParametersCommand).resolves({ InvalidParameters: ['/shop/none'] });
  const found = await lookFor({ A: 'ssm:/shop/db', B: PARAMETER, C: 'ssm:/shop/key', D: 'ssm:/shop/none' });
  expect(found).toEqual({
    'ssm:/shop/db': { state: 'found', arn: PARAMETER, version: '7', keyId: KEY, type: 'SecureString' },
    [PARAMETER]: { state: 'found', arn: PARAMETER, version: '7', keyId: KEY, type: 'SecureString' },
    'ssm:/shop/key': { state: 'found', arn: '/shop/key', version: '1', type: 'SecureString' },
    'ssm:/shop/none': { state: 'missing' },
  });
  expect(sentCalls()).toMatchObject([
    { command: 'DescribeParameters', input: { ParameterFilters: [{ Key: 'Name', Option: 'Equals' }] } },
    { command: 'GetParameters', input: { Names: ['/shop/none'], WithDecryption: false } },
  ]);
});

test('a parameter of another account is not the one with the same name in this account', async () => {
  mocks.ssm.on(DescribeParametersCommand).resolves({
    Parameters: [{ Name: '/shop/db', ARN: PARAMETER, Version: 7, Type: 'SecureString' }],
  });
  const shared = PARAMETER.replace('111122223333', '444455556666');
  expect(await lookFor({ A: shared })).toEqual({
    [shared]: { state: 'unknown', why: 'it belongs to the account 444455556666' },
  });
});

test('a new parameter that is not listed yet is read without decryption', async () => {
  mocks.ssm.on(DescribeParametersCommand).resolves({ Parameters: [] });
  const read = {
    Name: '/shop/db',
    ARN: PARAMETER,
    Version: 1,
    Type: 'SecureString' as const,
    Value: 'AQIC…',
  };
  mocks.ssm.on(GetParametersCommand).resolves({ Parameters: [read] });
  expect(await lookFor({ A: 'ssm:/shop/db' })).toEqual({
    'ssm:/shop/db': { state: 'found', arn: PARAMETER, version: '1', type: 'SecureString' },
  });
});

test('secrets have the version with the label of the reference, and may be missing, empty or scheduled for deletion', async () => {
  const describe = mocks.secretsmanager.on(DescribeSecretCommand);
  describe.callsFake(({ SecretId }: { SecretId: string }) => {
    if (SecretId === 'none') throw awsError('ResourceNotFoundException');
    if (SecretId === 'going') return { ARN: 'arn', DeletedDate: new Date(0) };
    if (SecretId === 'empty') return { ARN: 'arn' };
    return { ARN: SECRET, KmsKeyId: KEY, VersionIdsToStages: { v1: ['AWSPREVIOUS'], v2: ['AWSCURRENT'] } };
  });
  const references = ['shop/keys#api', 'none', 'going', 'empty'].map((name) => `secretsmanager:${name}`);
  const found = await lookFor({
    ...Object.fromEntries(references.map((reference, index) => [`S${index}`, reference])),
    OLD: `${SECRET}:api:AWSPREVIOUS:`,
  });
  expect(found).toEqual({
    'secretsmanager:shop/keys#api': { state: 'found', arn: SECRET, version: 'v2', keyId: KEY },
    [`${SECRET}:api:AWSPREVIOUS:`]: { state: 'found', arn: SECRET, version: 'v1', keyId: KEY },
    'secretsmanager:none': { state: 'missing' },
    'secretsmanager:going': { state: 'deleted' },
    'secretsmanager:empty': { state: 'no value' },
  });
});

test('what the caller may not describe, and what is in another region, is unknown', async () => {
  mocks.ssm.on(DescribeParametersCommand).rejects(awsError('AccessDeniedException', 'no'));
  const elsewhere = SECRET.replace('eu-west-1', 'us-east-1');
  const found = await lookFor({ A: 'ssm:/shop/db', B: elsewhere });
  expect(found).toEqual({
    'ssm:/shop/db': { state: 'unknown', why: 'no' },
    [elsewhere]: { state: 'unknown', why: 'it is not in eu-west-1' },
  });
  expect(resolvedIn(new Map(Object.entries(found))).size).toBe(0);
});

test('credentials for a registry are described, too', async () => {
  mocks.secretsmanager
    .on(DescribeSecretCommand)
    .resolves({ ARN: SECRET, VersionIdsToStages: { v1: ['AWSCURRENT'] } });
  expect(Object.keys(await lookFor({}, 'secretsmanager:shop/registry'))).toEqual([
    'secretsmanager:shop/registry',
  ]);
});
