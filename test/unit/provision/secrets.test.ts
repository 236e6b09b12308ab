// The checks of secrets before a deployment: each one that cannot be used is reported with the command that repairs it.
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { expect, test } from '@jest/globals';
import type { FoundSecret } from '../../../lib/look/secrets.ts';
import type { Change } from '../../../lib/model/change.ts';
import { isProblem } from '../../../lib/model/problem.ts';
import type { Event } from '../../../lib/model/report.ts';
import { checkSecretValues } from '../../../provision/secret-values.ts';
import { secretEvents } from '../../../provision/secret-variables.ts';
import { checkSecrets } from '../../../provision/secrets.ts';
import { awsError, config, desiredOf, lookContextOf, mocks, surveyOf } from '../step-harness.ts';

const CANARY = 'canary-5f1c9e27';

function withContainer(fields: object) {
  const stack = config();
  return {
    ...stack,
    services: stack.services.map((service) => ({
      ...service,
      containers: service.containers.map((one, index) => (index === 0 ? { ...one, ...fields } : one)),
    })),
  };
}

const events: Event[] = [];
const run = { region: 'eu-west-1', endpoint: undefined, report: (event: Event) => void events.push(event) };
const deploys = [{ noun: 'taskDefinitions', key: 'web', verb: 'update', fields: [], reason: '' }] as Change[];

/** Returns the problem that a check throws. */
async function problemOf(check: () => unknown) {
  try {
    await check();
  } catch (error) {
    if (isProblem(error, 'SECRET')) return error;
    throw error;
  }
  throw new Error('The check has thrown no problem');
}

test('every secret that is missing, empty or scheduled for deletion is named, with a command', async () => {
  const states: Record<string, FoundSecret['state']> = {
    'ssm:/shop/dev/DATABASE_URL': 'missing',
    'ssm:/other/db': 'missing',
    'secretsmanager:none': 'missing',
    'secretsmanager:empty': 'no value',
    'secretsmanager:going': 'deleted',
    'ssm:/forbidden': 'unknown',
  };
  const secrets = Object.fromEntries(Object.keys(states).map((reference, index) => [`S${index}`, reference]));
  const found = new Map(
    Object.entries(states).map(([reference, state]) => [reference, { state } as FoundSecret]),
  );
  const thrown = await problemOf(() =>
    checkSecrets({ ...desiredOf(withContainer({ secrets })), run }, { secrets: found }),
  );
  expect(thrown).toMatchObject({
    what: '5 secrets in the configuration cannot be used.',
    now: 'Nothing was changed.',
  });
  expect(thrown.why.split('\n')).toEqual([
    'services.web.containers.api1.secrets.S0: Parameter Store has no parameter /shop/dev/DATABASE_URL in eu-west-1.',
    'services.web.containers.api1.secrets.S1: Parameter Store has no parameter /other/db in eu-west-1.',
    'services.web.containers.api1.secrets.S2: Secrets Manager has no secret none in eu-west-1.',
    'services.web.containers.api1.secrets.S3: The secret empty has no value that the reference selects.',
    'services.web.containers.api1.secrets.S4: The secret going is scheduled for deletion.',
  ]);
  expect(thrown.fix).toEqual([
    'npm run secret -- set DATABASE_URL',
    'aws ssm put-parameter --type SecureString --name /other/db --value file://FILE --region eu-west-1',
    'aws secretsmanager create-secret --name none --secret-string file://FILE --region eu-west-1',
    'aws secretsmanager put-secret-value --secret-id empty --secret-string file://FILE --region eu-west-1',
    'aws secretsmanager restore-secret --secret-id going --region eu-west-1',
  ]);
});

test('a parameter that another account shares is not in the lists, and may exist', () => {
  const shared = 'arn:aws:ssm:eu-west-1:444455556666:parameter/shop/db';
  const context = { ...desiredOf(withContainer({ secrets: { A: shared } })), run };
  checkSecrets(context, { secrets: new Map([[shared, { state: 'missing' } as const]]) });
});

test.each<[string, string | undefined, RegExp | undefined]>([
  ['a value with the key', `{"api":"${CANARY}"}`, undefined],
  ['a value without the key', `{"other":"${CANARY}"}`, /lacks the JSON key api\.$/],
  ['a value that is not JSON', CANARY, /is not JSON\.$/],
  ['a list', `["${CANARY}"]`, /is not a JSON object\.$/],
  ['bytes', undefined, /is binary/],
])('%s', async (_, SecretString, why) => {
  mocks.secretsmanager.on(GetSecretValueCommand).resolves({ SecretString });
  const stack = withContainer({
    secrets: { API_KEY: 'secretsmanager:shop/keys#api', OTHER: 'secretsmanager:shop/other' },
  });
  const check = () => checkSecretValues({ aws: lookContextOf().aws, config: stack, run }, deploys);
  if (why === undefined) await check();
  else {
    const thrown = await problemOf(check);
    expect(thrown.why).toMatch(why);
    expect(JSON.stringify(thrown)).not.toContain(CANARY);
    expect(thrown.fix).toEqual([
      'aws secretsmanager put-secret-value --secret-id shop/keys --secret-string file://FILE --region eu-west-1, where FILE is a JSON object with api and all other members',
    ]);
  }
  // Only values of which ECS reads a member are read.
  expect(mocks.secretsmanager.calls().map(({ args: [{ input }] }) => input)).toEqual([
    { SecretId: 'shop/keys' },
  ]);
});

test('credentials for a registry need a username and a password; a value that may not be read is noted', async () => {
  const stack = withContainer({ registryCredentials: 'secretsmanager:shop/registry' });
  const check = () => checkSecretValues({ aws: lookContextOf().aws, config: stack, run }, deploys);
  const reads = mocks.secretsmanager.on(GetSecretValueCommand);
  reads.resolves({ SecretString: '{}' });
  expect((await problemOf(check)).why).toBe(
    'services.web.containers.api1.registryCredentials: The value of the secret shop/registry lacks the JSON key username and password.',
  );
  reads.rejects(awsError('AccessDeniedException', 'no'));
  await check();
  expect(events.at(-1)?.text).toBe('the value of shop/registry was not checked: no');
});

test('nothing is read for a service that is not deployed', async () => {
  const stack = withContainer({ secrets: { API_KEY: 'secretsmanager:shop/keys#api' } });
  await checkSecretValues({ aws: lookContextOf().aws, config: stack, run }, []);
  expect(mocks.secretsmanager.calls()).toEqual([]);
});

test('variables that look like secrets are named in a warning, without their values', () => {
  const environment = {
    DATABASE_PASSWORD: CANARY,
    WEBHOOK: 'https://hooks.example.com/T0001/0a1B2c3D4e5F6g7H8i9J0k1L',
    AUTH_URL: 'http://localhost:6000',
    AUTH_ENABLED: 'true',
    LOG_LEVEL: 'debug',
  };
  const secrets = new Map([['ssm:/x', { state: 'unknown', why: 'no' } as const]]);
  const texts = secretEvents(
    withContainer({ environment }),
    {
      found: surveyOf({}, { secrets }),
      changes: deploys,
    },
    { stage: 'qa', target: 'sandbox', config: undefined },
  ).map(({ text }) => text);
  expect(texts).toEqual([
    'the secret ssm:/x was not checked: no',
    'DATABASE_PASSWORD, WEBHOOK of api1 look like secrets, and everyone who may describe task definitions can read environment: npm run secret -- --stage qa set DATABASE_PASSWORD stores one safely, for use in secrets',
  ]);
});
