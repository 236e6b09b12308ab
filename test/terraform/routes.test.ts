// Terraform applies rules with every kind of condition, a redirect and a fixed response, plans no changes, and removes them.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { census } from '../../sandbox/census.ts';
import { startSandbox, type Sandbox } from '../../sandbox/sandbox.ts';
import { initTerraform, type Terraform } from './terraform.ts';

const PACE = 300;
const SUCCESS = { code: 0, output: '' };

let sandbox: Sandbox;
let terraform: Terraform;
beforeAll(async () => {
  sandbox = await startSandbox({ pace: PACE });
  terraform = await initTerraform(sandbox.url);
});
afterAll(() => sandbox.close());

test('the plan is empty after rules with every condition are added, and after they are removed', async () => {
  const routes = { routes: true };
  expect(await terraform.apply(routes)).toEqual(SUCCESS);
  expect(census(sandbox.world)).toMatchObject({ 'elbv2.rules': 6 });
  expect(await terraform.plan(routes)).toEqual(SUCCESS);
  expect(await terraform.apply()).toEqual(SUCCESS);
  expect(census(sandbox.world)).toMatchObject({ 'elbv2.rules': 3 });
  expect(await terraform.plan()).toEqual(SUCCESS);
  expect(await terraform.destroy()).toEqual(SUCCESS);
  expect(census(sandbox.world)).toEqual({});
});
