// Tasks receive the values of their secrets, and fail with ECS's reasons if these cannot be read.
import { RevokeSecurityGroupEgressCommand } from '@aws-sdk/client-ec2';
import { RegisterTaskDefinitionCommand, type ContainerDefinition } from '@aws-sdk/client-ecs';
import { PutRolePolicyCommand } from '@aws-sdk/client-iam';
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  PutSecretValueCommand,
} from '@aws-sdk/client-secrets-manager';
import { PutParameterCommand } from '@aws-sdk/client-ssm';
import { expect, test } from '@jest/globals';
import { refusalOf } from '../harness.ts';
import { taskScene } from './task-scene.ts';

type Scene = Awaited<ReturnType<typeof taskScene>>;

const CANARY = 'canary-5f1c9e27';
const SHOW = `console.log(JSON.stringify(['A', 'B', 'C', 'D'].map((name) => process.env[name])))`;
const FAILED =
  'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed:';
const KEY = 'arn:aws:kms:eu-west-1:000000000000:key/11111111-2222-3333-4444-555555555555';

const put = ({ ssm }: Scene, Name: string, Value: string, KeyId?: string) =>
  ssm.send(new PutParameterCommand({ Name, Value, KeyId, Type: 'SecureString', Overwrite: true }));
async function createSecret(
  { secretsmanager }: Scene,
  SecretString: string,
  KmsKeyId?: string,
): Promise<string> {
  const { ARN = '' } = await secretsmanager.send(
    new CreateSecretCommand({ Name: 'shop/keys', SecretString, KmsKeyId }),
  );
  return ARN;
}

/** Permits actions to the execution role, in addition to pulls and logs. */
const permit = ({ iam }: Scene, ...statements: readonly (readonly [action: string, resource: string])[]) =>
  iam.send(
    new PutRolePolicyCommand({
      RoleName: 'task',
      PolicyName: 'secrets',
      PolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: statements.map(([Action, Resource]) => ({ Effect: 'Allow', Action, Resource })),
      }),
    }),
  );
const permitAll = (scene: Scene) =>
  permit(scene, ['ssm:GetParameters', '*'], ['secretsmanager:GetSecretValue', '*']);

/** Runs a task with secrets until it stops, and returns its reason without ids. */
async function reasonOf(
  scene: Scene,
  valueFrom: string,
  more: Partial<ContainerDefinition> = {},
): Promise<string> {
  const task = await scene.waitForStop(
    await scene.run({ web: { secrets: [{ name: 'A', valueFrom }], ...more } }),
  );
  return (task.stoppedReason ?? '')
    .replace(/(RequestID: |request id: )[\w-]+/, '$1<id>')
    .replace(/assumed-role\/task\/\w+/, 'assumed-role/task/<task>');
}

const parameterArn = 'arn:aws:ssm:eu-west-1:000000000000:parameter/shop/db';
const user = 'User: arn:aws:sts::000000000000:assumed-role/task/<task> is not authorized to perform:';

test('values are injected from names, ARNs, versions and members of JSON', async () => {
  const scene = await taskScene();
  await scene.push(SHOW, 'v1');
  await put(scene, '/shop/db', 'old');
  await put(scene, '/shop/db', 'new');
  const arn = await createSecret(scene, JSON.stringify({ api: 'key', port: 5000 }));
  await permit(scene, ['ssm:GetParameters', parameterArn], ['secretsmanager:GetSecretValue', arn]);
  const secrets = [
    { name: 'A', valueFrom: '/shop/db' },
    { name: 'B', valueFrom: `${parameterArn}:1` },
    { name: 'C', valueFrom: `${arn}:api::` },
    { name: 'D', valueFrom: `${arn}:port:AWSCURRENT:` },
  ];
  const task = await scene.waitForStop(await scene.run({ web: { secrets } }));
  expect(task.containers?.[0]?.exitCode).toBe(0);
  expect(scene.lines()).toEqual([JSON.stringify(['new', 'old', 'key', '5000'])]);
});

test('a task keeps the value with which it started, and the next one gets the new value', async () => {
  const scene = await taskScene();
  await scene.push(SHOW, 'v1');
  await permitAll(scene);
  const arn = await createSecret(scene, 'first');
  const containers = { web: { secrets: [{ name: 'A', valueFrom: arn }] } };
  await scene.waitForStop(await scene.run(containers));
  await scene.secretsmanager.send(new PutSecretValueCommand({ SecretId: arn, SecretString: 'second' }));
  await scene.waitForStop(await scene.run(containers));
  expect(
    scene
      .lines()
      .map((line) => (JSON.parse(line) as string[])[0])
      .sort(),
  ).toEqual(['first', 'second']);
});

test.each<[string, (scene: Scene) => Promise<string>, string | RegExp]>([
  [
    'a missing parameter',
    async (scene) => (await permitAll(scene), '/shop/none'),
    `${FAILED} unable to retrieve secrets from ssm: service call has been retried 1 time(s): invalid ssm parameters: /shop/none`,
  ],
  [
    'a forbidden parameter',
    async (scene) => (await put(scene, '/shop/db', CANARY), '/shop/db'),
    `${FAILED} unable to retrieve secrets from ssm: service call has been retried 1 time(s): AccessDeniedException: ${user} ssm:GetParameters on resource: ${parameterArn} because no identity-based policy allows the ssm:GetParameters action status code: 400, request id: <id>`,
  ],
  [
    'a forbidden key of a parameter',
    async (scene) => (await permitAll(scene), await put(scene, '/shop/db', CANARY, KEY), '/shop/db'),
    new RegExp(`AccessDeniedException: ${user} kms:Decrypt on resource: ${KEY} because`),
  ],
  [
    'a forbidden secret',
    async (scene) => createSecret(scene, CANARY),
    /unable to retrieve secret from asm: service call has been retried 1 time\(s\): failed to fetch secret arn:aws:secretsmanager:eu-west-1:000000000000:secret:shop\/keys-\w{6} from secrets manager: operation error Secrets Manager: GetSecretValue, https response error StatusCode: 400, RequestID: <id>, api error AccessDeniedException: User: .* is not authorized to perform: secretsmanager:GetSecretValue on resource: arn:aws:secretsmanager:eu-west-1:000000000000:secret:shop\/keys-\w{6} because/,
  ],
  [
    'a forbidden key of a secret',
    async (scene) => (await permitAll(scene), createSecret(scene, CANARY, 'alias/shop')),
    /api error AccessDeniedException: Access to KMS is not allowed$/,
  ],
  [
    'a missing secret',
    async (scene) => (
      await permitAll(scene),
      'arn:aws:secretsmanager:eu-west-1:000000000000:secret:none-abcdef'
    ),
    /ResourceNotFoundException: Secrets Manager can't find the specified secret\.$/,
  ],
  [
    'a missing JSON key',
    async (scene) => (await permitAll(scene), `${await createSecret(scene, `{"other":"${CANARY}"}`)}:api::`),
    `${FAILED} unable to retrieve secret from asm: service call has been retried 1 time(s): retrieved secret from Secrets Manager did not contain json key api`,
  ],
  [
    'a value that is not JSON',
    async (scene) => (await permitAll(scene), `${await createSecret(scene, CANARY)}:api::`),
    /time\(s\): invalid character 'c' looking for beginning of value$/,
  ],
  [
    'too few parts in a reference',
    async (scene) => (await permitAll(scene), `${await createSecret(scene, CANARY)}:api`),
    /an invalid ARN format for the AWS Secrets Manager secret was specified/,
  ],
])(
  '%s stops the task before its image is pulled, and no reason repeats a value',
  async (_, prepare, reason) => {
    const scene = await taskScene();
    await scene.push(SHOW, 'v1');
    const valueFrom = await prepare(scene);
    const shown = await reasonOf(scene, valueFrom, { image: `${scene.repositoryUri}:missing` });
    expect(shown).toMatch(reason instanceof RegExp ? reason : `${reason}`);
    expect(shown).not.toContain(CANARY);
    expect(scene.lines()).toEqual([]);
  },
);

test('a secret that is scheduled for deletion, and one without a way to the service, have different reasons', async () => {
  const scene = await taskScene();
  await scene.push(SHOW, 'v1');
  await permitAll(scene);
  const arn = await createSecret(scene, CANARY);
  await put(scene, '/shop/db', CANARY);
  await scene.secretsmanager.send(new DeleteSecretCommand({ SecretId: arn }));
  expect(await reasonOf(scene, arn)).toMatch(
    /InvalidRequestException: You can't perform .* marked for deletion\.$/,
  );
  const everywhere = { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] };
  await scene.ec2.send(
    new RevokeSecurityGroupEgressCommand({ GroupId: scene.group, IpPermissions: [everywhere] }),
  );
  expect(await reasonOf(scene, '/shop/db')).toMatch(
    /retried 5 time\(s\): RequestCanceled: .* \(sandbox: .*\)$/,
  );
  expect(await reasonOf(scene, arn)).toMatch(
    /There is a connection issue between the task and AWS Secrets Manager\./,
  );
});

test('the key of an alias is permitted by the policy for its key', async () => {
  const scene = await taskScene();
  await scene.push(SHOW, 'v1');
  await put(scene, '/shop/db', 'open', KEY);
  await permit(scene, ['ssm:GetParameters', parameterArn], ['kms:Decrypt', KEY]);
  await scene.waitForStop(await scene.run({ web: { secrets: [{ name: 'A', valueFrom: '/shop/db' }] } }));
  expect(scene.lines()).toEqual([JSON.stringify(['open', null, null, null])]);
});

test('credentials for a registry must be readable, with a name and a password', async () => {
  const scene = await taskScene();
  await scene.push(SHOW, 'v1');
  const arn = await createSecret(scene, JSON.stringify({ username: 'me', password: '' }));
  const repositoryCredentials = { credentialsParameter: arn };
  const reason = () => reasonOf(scene, '/shop/db', { repositoryCredentials, secrets: [] });
  expect(await reason()).toMatch(
    /unable to get registry auth from asm: .* asm fetching secret from the service for arn:.*AccessDenied/,
  );
  await permitAll(scene);
  expect(await reason()).toMatch(/asm fetching authorization data: empty password/);
});

test.each<[string, Partial<ContainerDefinition>, string | undefined, RegExp]>([
  [
    'secrets without an execution role',
    { secrets: [{ name: 'A', valueFrom: '/a' }] },
    undefined,
    /^When you are specifying container secrets, you must also specify a value for 'executionRoleArn'\.$/,
  ],
  [
    'registry credentials without an execution role',
    { repositoryCredentials: { credentialsParameter: 'a' } },
    undefined,
    /^Private repository authentication requires/,
  ],
  [
    'a variable that is also a secret',
    { secrets: [{ name: 'A', valueFrom: '/a' }], environment: [{ name: 'A', value: 'b' }] },
    'role',
    /^The secret name must be unique .* such as 'A'\.$/,
  ],
])('%s are refused at registration', async (_, container, role, message) => {
  const scene = await taskScene();
  const registration = scene.ecs.send(
    new RegisterTaskDefinitionCommand({
      family: 'web',
      cpu: '256',
      memory: '512',
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      executionRoleArn: role && scene.role,
      containerDefinitions: [{ name: 'web', image: 'nginx', ...container }],
    }),
  );
  expect(await refusalOf(registration)).toEqual({
    code: 'ClientException',
    message: expect.stringMatching(message),
  });
});
