// The sandbox's Secrets Manager, through the SDK's client.
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetResourcePolicyCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  ListSecretVersionIdsCommand,
  PutSecretValueCommand,
  RestoreSecretCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateSecretCommand,
  UpdateSecretVersionStageCommand,
  type GetSecretValueCommandInput,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { expect, test } from '@jest/globals';
import { census } from '../../../../sandbox/census.ts';
import { manualClock } from '../../../../sandbox/world/clock.ts';
import { refusalOf, sandbox } from '../../harness.ts';

const Name = 'shop/keys';
const DAY_MS = 86_400_000;
const TOKENS = ['a', 'b', 'c'].map((letter) => letter.repeat(32));

const create = (client: SecretsManagerClient, SecretString: string | undefined = 'one') =>
  client.send(new CreateSecretCommand({ Name, SecretString, ClientRequestToken: TOKENS[0] }));
const put = (client: SecretsManagerClient, SecretString: string, ClientRequestToken = TOKENS[1]) =>
  client.send(new PutSecretValueCommand({ SecretId: Name, SecretString, ClientRequestToken }));
const read = (client: SecretsManagerClient, input: Partial<GetSecretValueCommandInput> = {}) =>
  client.send(new GetSecretValueCommand({ SecretId: Name, ...input }));

test('a secret has an ARN with six random letters, and is found by name, by ARN and without the letters', async () => {
  const { secretsmanager } = await sandbox();
  const { ARN = '' } = await create(secretsmanager);
  expect(ARN).toMatch(/^arn:aws:secretsmanager:eu-west-1:000000000000:secret:shop\/keys-[A-Za-z]{6}$/);
  for (const SecretId of [Name, ARN, ARN.slice(0, -7)])
    expect(await read(secretsmanager, { SecretId })).toMatchObject({
      ARN,
      SecretString: 'one',
      VersionStages: ['AWSCURRENT'],
    });
  expect(await secretsmanager.send(new GetResourcePolicyCommand({ SecretId: Name }))).toMatchObject({
    ARN,
    Name,
  });
});

test('a new value is current, and the former one is the previous', async () => {
  const { secretsmanager } = await sandbox();
  await create(secretsmanager);
  await put(secretsmanager, 'two');
  await put(secretsmanager, 'three', TOKENS[2]);
  expect((await read(secretsmanager)).SecretString).toBe('three');
  expect((await read(secretsmanager, { VersionStage: 'AWSPREVIOUS' })).SecretString).toBe('two');
  expect((await read(secretsmanager, { VersionId: TOKENS[0] })).SecretString).toBe('one');
  const { VersionIdsToStages } = await secretsmanager.send(new DescribeSecretCommand({ SecretId: Name }));
  expect(VersionIdsToStages).toEqual({
    [TOKENS[1] ?? '']: ['AWSPREVIOUS'],
    [TOKENS[2] ?? '']: ['AWSCURRENT'],
  });
  const versions = async (IncludeDeprecated: boolean) =>
    (await secretsmanager.send(new ListSecretVersionIdsCommand({ SecretId: Name, IncludeDeprecated })))
      .Versions?.length;
  expect([await versions(false), await versions(true)]).toEqual([2, 3]);
});

test('a repeated token changes nothing, and is refused with another value', async () => {
  const { secretsmanager } = await sandbox();
  await create(secretsmanager);
  await create(secretsmanager);
  await put(secretsmanager, 'two');
  await put(secretsmanager, 'two');
  expect((await refusalOf(put(secretsmanager, 'other'))).code).toBe('ResourceExistsException');
  expect((await refusalOf(create(secretsmanager, 'other'))).message).toBe(
    'The operation failed because the secret shop/keys already exists.',
  );
  expect((await read(secretsmanager)).SecretString).toBe('two');
});

test('values are refused without repeating them', async () => {
  const { secretsmanager } = await sandbox();
  await create(secretsmanager);
  const long = 'canary'.repeat(12_000);
  const { code, message } = await refusalOf(put(secretsmanager, long));
  expect({ code, message }).toEqual({
    code: 'ValidationException',
    message:
      "1 validation error detected: Value at 'secretString' failed to satisfy constraint: Member must have length less than or equal to 65536",
  });
});

test('missing values, versions and stages have different messages', async () => {
  const { secretsmanager } = await sandbox();
  await secretsmanager.send(new CreateSecretCommand({ Name }));
  const message = async (input: Partial<GetSecretValueCommandInput> = {}) =>
    (await refusalOf(read(secretsmanager, input))).message;
  expect(await message()).toBe(
    "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT",
  );
  expect(await message({ VersionId: TOKENS[0] })).toContain(`for VersionId: ${TOKENS[0]}`);
  await put(secretsmanager, 'one');
  expect(await message({ VersionId: TOKENS[1], VersionStage: 'AWSPREVIOUS' })).toBe(
    'You provided a VersionStage that is not associated to the provided VersionId.',
  );
  expect(await message({ SecretId: 'none' })).toBe("Secrets Manager can't find the specified secret.");
  const badName = refusalOf(secretsmanager.send(new CreateSecretCommand({ Name: 'a b' })));
  expect((await badName).message).toMatch(/^Invalid name\./);
});

test('a deleted secret can be restored until its window ends, and its name is in use until then', async () => {
  const clock = manualClock(Date.UTC(2026, 0, 1));
  const { secretsmanager, world } = await sandbox({ clock });
  await create(secretsmanager);
  const remove = (RecoveryWindowInDays?: number) =>
    secretsmanager.send(new DeleteSecretCommand({ SecretId: Name, RecoveryWindowInDays }));
  expect((await refusalOf(remove(3))).code).toBe('InvalidParameterException');
  const { DeletionDate } = await remove(7);
  expect(DeletionDate).toEqual(new Date(Date.UTC(2026, 0, 8)));
  expect((await refusalOf(read(secretsmanager))).message).toMatch(/marked for deletion/);
  expect((await refusalOf(create(secretsmanager))).message).toMatch(/already scheduled for deletion/);
  expect(census(world)['secretsmanager.secrets']).toBeUndefined();
  const listed = async (IncludePlannedDeletion: boolean) =>
    (await secretsmanager.send(new ListSecretsCommand({ IncludePlannedDeletion }))).SecretList?.length;
  expect([await listed(false), await listed(true)]).toEqual([0, 1]);
  await secretsmanager.send(new RestoreSecretCommand({ SecretId: Name }));
  expect((await read(secretsmanager)).SecretString).toBe('one');
  await remove(7);
  clock.advance(7 * DAY_MS);
  expect((await refusalOf(read(secretsmanager))).code).toBe('ResourceNotFoundException');
  await create(secretsmanager);
});

test('a forced deletion is immediate, and also succeeds for a missing secret', async () => {
  const { secretsmanager } = await sandbox();
  await create(secretsmanager);
  const force = () =>
    secretsmanager.send(new DeleteSecretCommand({ SecretId: Name, ForceDeleteWithoutRecovery: true }));
  await force();
  await force();
  await create(secretsmanager);
});

test('description, key and tags change; an empty key is the default one', async () => {
  const { secretsmanager } = await sandbox();
  await create(secretsmanager);
  const change = (KmsKeyId: string) =>
    secretsmanager.send(new UpdateSecretCommand({ SecretId: Name, KmsKeyId, Description: 'keys' }));
  const described = () => secretsmanager.send(new DescribeSecretCommand({ SecretId: Name }));
  await change('alias/mine');
  expect(await described()).toMatchObject({ KmsKeyId: 'alias/mine', Description: 'keys' });
  await change('');
  expect((await described()).KmsKeyId).toBeUndefined();
  const Tags = ['a', 'b'].map((Key) => ({ Key, Value: '1' }));
  await secretsmanager.send(new TagResourceCommand({ SecretId: Name, Tags }));
  await secretsmanager.send(new UntagResourceCommand({ SecretId: Name, TagKeys: ['a'] }));
  expect((await described()).Tags).toEqual([{ Key: 'b', Value: '1' }]);
  const filtered = async (...Values: string[]) =>
    (await secretsmanager.send(new ListSecretsCommand({ Filters: [{ Key: 'name', Values }] }))).SecretList
      ?.length;
  expect([await filtered('shop/'), await filtered('other'), await filtered('!shop')]).toEqual([1, 0, 0]);
});

test('a staging label moves only from the version that has it', async () => {
  const { secretsmanager } = await sandbox();
  await create(secretsmanager);
  await put(secretsmanager, 'two');
  const move = (from: string | undefined, to: string | undefined) =>
    secretsmanager.send(
      new UpdateSecretVersionStageCommand({
        ...{ SecretId: Name, VersionStage: 'AWSCURRENT', RemoveFromVersionId: from, MoveToVersionId: to },
      }),
    );
  expect((await refusalOf(move(undefined, TOKENS[0]))).message).toMatch(/RemoveFromVersionId can't be empty/);
  expect((await refusalOf(move(TOKENS[1], undefined))).message).toMatch(/can’t be completely removed/);
  await move(TOKENS[1], TOKENS[0]);
  expect((await read(secretsmanager)).SecretString).toBe('one');
});
