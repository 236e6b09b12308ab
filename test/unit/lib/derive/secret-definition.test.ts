// Secrets in task definitions: a new version of a secret changes the definition, although the value is not in it.
import { expect, test } from '@jest/globals';
import type { Container } from '../../../../lib/config/config.ts';
import { secretFields, secretMembers, secretParts } from '../../../../lib/derive/secret-definition.ts';
import type { ResolvedSecret } from '../../../../lib/derive/secrets.ts';
import { config } from '../../step-harness.ts';

const location = { region: 'eu-west-1', account: '111122223333' };
const SECRET = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop/keys-AbCdEf';
const PINNED = `${SECRET}:api::v1`;
const [base] = config().services[0]?.containers as [Container];

const membersWith = (secrets: Record<string, string>, versions: Record<string, string>) => {
  const resolved = new Map(
    Object.entries(versions).map(([reference, version]): [string, ResolvedSecret] => [
      reference,
      { arn: SECRET, version },
    ]),
  );
  return secretMembers({ ...base, secrets }, secretParts(resolved, location));
};

test('each secret has its reference, and a label with its version unless the reference selects one', () => {
  const secrets = { DB: 'ssm:/shop/db', KEY: 'secretsmanager:shop/keys#api', OLD: PINNED, NEW: 'ssm:/new' };
  const members = membersWith(secrets, {
    'ssm:/shop/db': '7',
    'secretsmanager:shop/keys#api': 'v2',
    [PINNED]: 'v1',
  });
  expect(members).toEqual({
    secrets: [
      { name: 'DB', valueFrom: '/shop/db' },
      { name: 'KEY', valueFrom: `${SECRET}:api::` },
      { name: 'OLD', valueFrom: PINNED },
      { name: 'NEW', valueFrom: '/new' },
    ],
    dockerLabels: { 'slipway.secret.DB': '7', 'slipway.secret.KEY': 'v2' },
    repositoryCredentials: undefined,
  });
  expect(secretFields({ name: 'api1', ...members })).toEqual({
    'api1.secrets': 'DB, KEY, NEW, OLD',
    'api1.registry credentials': '',
    'api1.secrets.DB': '/shop/db',
    'api1.secrets.KEY': `${SECRET}:api::`,
    'api1.secrets.OLD': PINNED,
    'api1.secrets.NEW': '/new',
    'api1.secret version.DB': '7',
    'api1.secret version.KEY': 'v2',
  });
});

test('a container without secrets has none of the members', () => {
  expect(membersWith({}, {})).toEqual({
    secrets: undefined,
    dockerLabels: undefined,
    repositoryCredentials: undefined,
  });
});
