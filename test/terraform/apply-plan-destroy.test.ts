// Terraform, an independent client, applies the architecture on the sandbox, plans no changes, and destroys it.
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

/** Returns the calls that the sandbox refused because it does not implement them. */
const unimplementedCalls = () =>
  sandbox.journal.entries().filter(({ result }) => result === 'NotImplemented');

test('apply creates everything, the next plan is empty, and destroy leaves nothing behind', async () => {
  expect(await terraform.apply()).toEqual(SUCCESS);
  expect(census(sandbox.world)).toEqual({
    'ec2.vpcs': 1,
    'ec2.subnets': 4,
    'ec2.internetGateways': 1,
    'ec2.routeTables': 4,
    'ec2.addresses': 1,
    'ec2.natGateways': 1,
    'ec2.vpcEndpoints': 1,
    'ec2.securityGroups': 3,
    'ec2.securityGroupRules': 6,
    'ec2.networkInterfaces': 4,
    'elbv2.loadBalancers': 1,
    'elbv2.targetGroups': 2,
    'elbv2.listeners': 1,
    'elbv2.rules': 3,
    'ecs.clusters': 1,
    'ecs.taskDefinitions': 1,
    'ecs.services': 1,
    'ecs.tasks': 1,
    'ecr.repositories': 2,
    'logs.groups': 1,
    'iam.roles': 2,
    'route53.zones': 1,
  });
  expect(await terraform.plan()).toEqual(SUCCESS);
  expect(await terraform.destroy()).toEqual(SUCCESS);
  expect(census(sandbox.world)).toEqual({});
  expect(unimplementedCalls()).toEqual([]);
});
