// Terraform applies several services behind one load balancer, rolls out new images, and removes two services.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { census } from '../../sandbox/census.ts';
import { startSandbox, type Sandbox } from '../../sandbox/sandbox.ts';
import { initTerraform, type Terraform } from './terraform.ts';

const PACE = 300;
const SUCCESS = { code: 0, output: '' };
const images = { api1: 'example.com/api1:2', api2: 'example.com/api2:2', more: 'example.com/more:2' };

let sandbox: Sandbox;
let terraform: Terraform;
beforeAll(async () => {
  sandbox = await startSandbox({ pace: PACE });
  terraform = await initTerraform(sandbox.url);
});
afterAll(() => sandbox.close());

test('the plan is empty after three services are added, and again after images change and two services are removed', async () => {
  const many = { more_services: 3 };
  expect(await terraform.apply(many)).toEqual(SUCCESS);
  expect(census(sandbox.world)).toMatchObject({
    'ec2.securityGroups': 6,
    'ec2.securityGroupRules': 15,
    'elbv2.targetGroups': 5,
    'elbv2.rules': 6,
    'ecs.taskDefinitions': 4,
    'ecs.services': 4,
    'ecs.tasks': 4,
  });
  expect(await terraform.plan(many)).toEqual(SUCCESS);

  const few = { more_services: 1, images };
  expect(await terraform.apply(few)).toEqual(SUCCESS);
  expect(census(sandbox.world)).toMatchObject({
    'elbv2.targetGroups': 3,
    'ecs.taskDefinitions': 2,
    'ecs.services': 2,
    'ecs.tasks': 2,
  });
  expect(await terraform.plan(few)).toEqual(SUCCESS);

  expect(await terraform.destroy(few)).toEqual(SUCCESS);
  expect(census(sandbox.world)).toEqual({});
});
