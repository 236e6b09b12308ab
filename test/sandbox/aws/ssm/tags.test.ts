// Tags of the sandbox's parameters, and secrets of Secrets Manager that are read as parameters.
import { CreateSecretCommand } from '@aws-sdk/client-secrets-manager';
import {
  AddTagsToResourceCommand,
  GetParameterCommand,
  ListTagsForResourceCommand,
  PutParameterCommand,
  RemoveTagsFromResourceCommand,
} from '@aws-sdk/client-ssm';
import { expect, test } from '@jest/globals';
import { census } from '../../../../sandbox/census.ts';
import { refusalOf, sandbox } from '../../harness.ts';

const about = { ResourceType: 'Parameter', ResourceId: '/shop/db' } as const;

test('tags are set at creation, added and removed; a parameter counts in the census', async () => {
  const { ssm, world } = await sandbox();
  const Tags = [{ Key: 'a', Value: '1' }];
  await ssm.send(new PutParameterCommand({ Name: '/shop/db', Value: 'v', Type: 'String', Tags }));
  await ssm.send(new AddTagsToResourceCommand({ ...about, Tags: [{ Key: 'b', Value: '2' }] }));
  await ssm.send(new RemoveTagsFromResourceCommand({ ...about, TagKeys: ['a'] }));
  const { TagList } = await ssm.send(new ListTagsForResourceCommand(about));
  expect(TagList).toEqual([{ Key: 'b', Value: '2' }]);
  expect(census(world)).toEqual({ 'ssm.parameters': 1 });
});

test('tags of a missing parameter and of other kinds of resources are refused', async () => {
  const { ssm } = await sandbox();
  expect((await refusalOf(ssm.send(new ListTagsForResourceCommand(about)))).code).toBe('InvalidResourceId');
  const other = { ResourceType: 'Document', ResourceId: 'x' } as const;
  expect((await refusalOf(ssm.send(new ListTagsForResourceCommand(other)))).code).toBe('NotImplemented');
});

test('a secret is read under /aws/reference/secretsmanager, with decryption only', async () => {
  const { ssm, secretsmanager } = await sandbox();
  await secretsmanager.send(new CreateSecretCommand({ Name: 'shop/keys', SecretString: 'value' }));
  const read = (name: string, WithDecryption = true) =>
    ssm.send(new GetParameterCommand({ Name: `/aws/reference/secretsmanager/${name}`, WithDecryption }));
  expect((await read('shop/keys')).Parameter).toMatchObject({ Value: 'value', Type: 'SecureString' });
  expect((await refusalOf(read('shop/keys', false))).code).toBe('ValidationException');
  expect(await refusalOf(read('none'))).toEqual({
    code: 'ParameterNotFound',
    message: expect.stringMatching(/Secret .*none not found\./),
  });
});
