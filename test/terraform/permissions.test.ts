// Terraform creates a role with a boundary, an inline policy and attached policies, changes them, and destroys them.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { census } from '../../sandbox/census.ts';
import { startSandbox, type Sandbox } from '../../sandbox/sandbox.ts';
import { initTerraform, type Terraform } from './terraform.ts';

const SUCCESS = { code: 0, output: '' };

let sandbox: Sandbox;
let terraform: Terraform;
beforeAll(async () => {
  sandbox = await startSandbox({ pace: 300 });
  terraform = await initTerraform(sandbox.url, 'test/terraform/permissions');
});
afterAll(() => sandbox.close());

test('apply gives the role its policies and its boundary, a change replaces them, and destroy leaves nothing', async () => {
  const roleRow = () => sandbox.world.region('eu-west-1').iam.roles.get('terraform-task');
  expect(await terraform.apply()).toEqual(SUCCESS);
  expect(census(sandbox.world)).toEqual({ 'iam.roles': 1, 'iam.policies': 2 });
  expect(await terraform.plan()).toEqual(SUCCESS);
  expect(roleRow()?.boundary).toMatch(/\/boundary-first$/);

  const changed = { value: 'second' };
  expect(await terraform.apply(changed)).toEqual(SUCCESS);
  expect(await terraform.plan(changed)).toEqual(SUCCESS);
  expect(roleRow()).toMatchObject({
    boundary: expect.stringMatching(/\/boundary-second$/) as unknown,
    inlinePolicies: { slipway: expect.stringContaining('arn:aws:s3:::second/*') as unknown },
  });
  expect(
    roleRow()
      ?.attachedPolicies.map((arn) => arn.split('/').at(-1))
      .sort(),
  ).toEqual(['AmazonS3ReadOnlyAccess', 'AmazonSNSReadOnlyAccess']);

  expect(await terraform.destroy(changed)).toEqual(SUCCESS);
  expect(census(sandbox.world)).toEqual({});
  expect(sandbox.journal.entries().filter(({ result }) => result === 'NotImplemented')).toEqual([]);
});
