// Terraform creates parameters and secrets, plans no changes, changes their values, and destroys them.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { census } from '../../sandbox/census.ts';
import { startSandbox, type Sandbox } from '../../sandbox/sandbox.ts';
import { initTerraform, type Terraform } from './terraform.ts';

const SUCCESS = { code: 0, output: '' };

let sandbox: Sandbox;
let terraform: Terraform;
beforeAll(async () => {
  sandbox = await startSandbox({ pace: 300 });
  terraform = await initTerraform(sandbox.url, 'test/terraform/secrets');
});
afterAll(() => sandbox.close());

test('apply stores every value, the next plan is empty, a change of the values also, and destroy leaves nothing', async () => {
  expect(await terraform.apply()).toEqual(SUCCESS);
  expect(census(sandbox.world)).toEqual({ 'ssm.parameters': 3, 'secretsmanager.secrets': 2 });
  expect(await terraform.plan()).toEqual(SUCCESS);

  const changed = { value: 'second' };
  expect(await terraform.apply(changed)).toEqual(SUCCESS);
  expect(await terraform.plan(changed)).toEqual(SUCCESS);
  const { ssm, secretsmanager } = sandbox.world.region('eu-west-1');
  expect(ssm.parameters.get('/terraform/secret')?.versions.map(({ value }) => value)).toEqual([
    'first',
    'second',
  ]);
  expect(secretsmanager.secrets.get('terraform/kept')?.versions.at(-1)?.string).toBe('{"password":"second"}');

  expect(await terraform.destroy(changed)).toEqual(SUCCESS);
  expect(census(sandbox.world)).toEqual({});
  expect(secretsmanager.secrets.all().map(({ name }) => name)).toEqual(['terraform/kept']);
  expect(sandbox.journal.entries().filter(({ result }) => result === 'NotImplemented')).toEqual([]);
});
