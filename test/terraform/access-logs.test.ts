// Terraform creates a bucket and a load balancer that logs into it, plans no changes, changes the expiry, and destroys both.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { census } from '../../sandbox/census.ts';
import { startSandbox, type Sandbox } from '../../sandbox/sandbox.ts';
import { initTerraform, type Terraform } from './terraform.ts';

const SUCCESS = { code: 0, output: '' };

let sandbox: Sandbox;
let terraform: Terraform;
beforeAll(async () => {
  sandbox = await startSandbox({ pace: 300 });
  terraform = await initTerraform(sandbox.url, 'test/terraform/access-logs');
});
afterAll(() => sandbox.close());

test('apply turns the logs on, the next plan is empty, a change of the expiry also, and destroy leaves nothing', async () => {
  expect(await terraform.apply()).toEqual(SUCCESS);
  const { s3, elbv2 } = sandbox.world.region('eu-west-1');
  const keys = () => s3.objects.all().map(({ key }) => key);
  expect(keys().sort()).toEqual(['README.txt', 'web/AWSLogs/000000000000/ELBAccessLogTestFile']);
  expect(elbv2.loadBalancers.all()[0]?.attributes).toMatchObject({
    'access_logs.s3.enabled': 'true',
    'access_logs.s3.bucket': 'terraform-access-logs',
  });
  expect(await terraform.plan()).toEqual(SUCCESS);

  const changed = { days: 7 };
  expect(await terraform.apply(changed)).toEqual(SUCCESS);
  expect(await terraform.plan(changed)).toEqual(SUCCESS);
  expect(s3.buckets.get('terraform-access-logs')?.lifecycle).toMatchObject([{ Expiration: { Days: 7 } }]);

  expect(await terraform.destroy(changed)).toEqual(SUCCESS);
  expect(census(sandbox.world)).toEqual({});
  expect(sandbox.journal.entries().filter(({ result }) => result === 'NotImplemented')).toEqual([]);
});
