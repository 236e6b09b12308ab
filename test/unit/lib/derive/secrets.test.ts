// Secrets in task definitions and in the policy of the execution role.
import { describe, expect, test } from '@jest/globals';
import {
  parseSecretReference,
  registrySecret,
  secretReference,
} from '../../../../lib/config/secret-reference.ts';
import { namesOf } from '../../../../lib/derive/names.ts';
import { executionPolicy } from '../../../../lib/derive/policies.ts';
import {
  ownSecretName,
  secretStatements,
  valueFromOf,
  type ResolvedSecret,
} from '../../../../lib/derive/secrets.ts';
import { config } from '../../step-harness.ts';

const location = { region: 'eu-west-1', account: '111122223333' };
const SECRET = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop/keys-AbCdEf';
const PARAMETER = 'arn:aws:ssm:eu-west-1:111122223333:parameter/shop/db';

describe('a reference', () => {
  test.each<[string, object]>([
    ['ssm:/shop/db', { service: 'ssm', id: '/shop/db' }],
    ['ssm:plain', { service: 'ssm', id: 'plain' }],
    ['secretsmanager:shop/keys', { service: 'secretsmanager', id: 'shop/keys' }],
    ['secretsmanager:shop/keys#api', { service: 'secretsmanager', id: 'shop/keys', key: 'api' }],
    [PARAMETER, { service: 'ssm', id: PARAMETER }],
    [`${PARAMETER}:3`, { service: 'ssm', id: PARAMETER, label: '3' }],
    [SECRET, { service: 'secretsmanager', id: SECRET }],
    [`${SECRET}#api`, { service: 'secretsmanager', id: SECRET, key: 'api' }],
    [`${SECRET}:api::v1`, { service: 'secretsmanager', id: SECRET, key: 'api', versionId: 'v1' }],
  ])('%s is accepted', (text, parsed) => {
    expect(secretReference(text)).toBeUndefined();
    expect(parseSecretReference(text)).toEqual(parsed);
  });

  test.each<[string, RegExp]>([
    ['sk-live-12345', /^Use ssm: and the name of a parameter/],
    ['/shop/db', /^Use ssm: and/],
    ['ssm:shop/db', /begin a path with a slash/],
    ['ssm:/aws/x', /reserves names/],
    ['ssm:/shop/db#key', /only secrets of Secrets Manager have keys/],
    ['ssm:', /Use letters/],
    ['secretsmanager:shop/keys:api::', /Write the key after #/],
    ['secretsmanager:shop/keys#', /^Use ssm:/],
    [`${SECRET}:api:AWSCURRENT:v1`, /either a staging label or the id of a version/],
    [`${SECRET}#api:AWSPREVIOUS:`, /^Use ssm:/],
    ['arn:aws:s3:::bucket', /^Use ssm:/],
  ])('%s is refused', (text, fix) => {
    expect(secretReference(text)).toMatch(fix);
  });

  test('credentials for a registry are a whole secret', () => {
    expect(registrySecret('secretsmanager:shop/registry')).toBeUndefined();
    expect(registrySecret('secretsmanager:shop/registry#a')).toMatch(/without a key/);
    expect(registrySecret('ssm:/a')).toMatch(/^Use secretsmanager:/);
  });
});

const found = (secrets: Record<string, Partial<ResolvedSecret>>): Map<string, ResolvedSecret> =>
  new Map(Object.entries(secrets).map(([reference, one]) => [reference, { arn: '', version: '1', ...one }]));

test.each<[string, string, string]>([
  ['the name of a parameter stays a name', 'ssm:/shop/db', '/shop/db'],
  ['an ARN with a version stays as it is', `${PARAMETER}:3`, `${PARAMETER}:3`],
  ['a secret gets its full ARN', 'secretsmanager:shop/keys', SECRET],
  ['a key follows the ARN', 'secretsmanager:shop/keys#api', `${SECRET}:api::`],
  ['a stage has its own place', `${SECRET}::AWSPREVIOUS:`, `${SECRET}::AWSPREVIOUS:`],
  [
    'an unknown secret gets an ARN without its end',
    'secretsmanager:other#api',
    'arn:aws:secretsmanager:eu-west-1:111122223333:secret:other:api::',
  ],
])('%s', (_, reference, expected) => {
  const resolved = found({
    'secretsmanager:shop/keys': { arn: SECRET },
    'secretsmanager:shop/keys#api': { arn: SECRET },
  });
  expect(valueFromOf(reference, resolved, location)).toBe(expected);
});

/** A configuration whose first container has these secrets. */
function withSecrets(...references: string[]) {
  const stack = config();
  const secrets = Object.fromEntries(references.map((reference, index) => [`S${index}`, reference]));
  return {
    ...stack,
    services: stack.services.map((service) => ({
      ...service,
      containers: service.containers.map((container, index) =>
        index === 0 ? { ...container, secrets } : container,
      ),
    })),
  };
}

describe('the policy of the execution role', () => {
  test('a secret that was not looked up has a random end, even if its name seems to have one', () => {
    const [secrets] = secretStatements(withSecrets('secretsmanager:shop-secret'), undefined, location);
    expect(secrets?.Resource).toEqual([
      'arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop-secret-??????',
    ]);
  });

  test('permits exactly the secrets, and the keys of customers only', () => {
    const key = 'arn:aws:kms:eu-west-1:111122223333:key/1';
    const stack = withSecrets(
      'ssm:/shop/db',
      'ssm:/shop/db2',
      'secretsmanager:shop/keys#a',
      'secretsmanager:shop/keys#b',
      'secretsmanager:other',
    );
    const resolved = found({
      'ssm:/shop/db': { arn: PARAMETER, keyId: 'alias/mine' },
      'ssm:/shop/db2': { arn: `${PARAMETER}2`, keyId: 'alias/aws/ssm' },
      'secretsmanager:shop/keys#a': { arn: SECRET, keyId: key },
      'secretsmanager:shop/keys#b': { arn: SECRET, keyId: key },
    });
    expect(secretStatements(stack, resolved, location)).toEqual([
      {
        Sid: 'Parameters',
        Effect: 'Allow',
        Action: 'ssm:GetParameters',
        Resource: [PARAMETER, `${PARAMETER}2`],
      },
      {
        Sid: 'Secrets',
        Effect: 'Allow',
        Action: 'secretsmanager:GetSecretValue',
        Resource: ['arn:aws:secretsmanager:eu-west-1:111122223333:secret:other-??????', SECRET],
      },
      { Sid: 'Keys', Effect: 'Allow', Action: 'kms:Decrypt', Resource: [key] },
      {
        Sid: 'Alias1',
        Effect: 'Allow',
        Action: 'kms:Decrypt',
        Resource: ['arn:aws:kms:eu-west-1:111122223333:key/*'],
        Condition: { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': 'alias/mine' } },
      },
    ]);
  });

  test('has no statement without secrets', () => {
    const stack = config();
    const sids = executionPolicy(stack, namesOf(stack), location).Statement.map(({ Sid }) => Sid);
    expect(sids).toEqual(['SignIn', 'Pull', 'Logs']);
  });
});

test('only parameters directly in the path of the stack are its own', () => {
  const { secretPath } = namesOf(config());
  expect(ownSecretName('ssm:/shop/dev/DB', secretPath)).toBe('DB');
  expect(ownSecretName('ssm:/shop/dev/deep/DB', secretPath)).toBeUndefined();
  expect(ownSecretName('ssm:/shop/prod/DB', secretPath)).toBeUndefined();
  expect(ownSecretName('secretsmanager:/shop/dev/DB', secretPath)).toBeUndefined();
});
