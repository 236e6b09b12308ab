// Terraform owns a load balancer that Slipway adds its rules to: neither of the two sees, changes or removes what the other one owns.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { StackInput } from '../../lib/config/schema.ts';
import { account, type Account } from '../converge/harness.ts';
import { initTerraform, type Terraform } from './terraform.ts';

const SUCCESS = { code: 0, output: '' };

let user: Account;
let terraform: Terraform;
beforeAll(async () => {
  user = await account({ lifetime: 'file' });
  terraform = await initTerraform(user.sandbox.url, 'test/terraform/shared-balancer');
});
afterAll(() => user.close());

/** A stack on the load balancer, with a separate host. */
const stack = (more: Partial<StackInput> = {}): StackInput => ({
  name: 'shop',
  region: 'eu-west-1',
  loadBalancer: {
    listenerArn: terraform.output('listener_arn'),
    subnets: [terraform.output('first_subnet_id')],
  },
  services: {
    web: {
      containers: {
        app: {
          ...{ image: 'public.ecr.aws/shop/app:1', port: 8000 },
          routes: [{ hosts: 'shop.example.com', paths: '/' }],
        },
      },
    },
  },
  ...more,
});
const ruleCount = () => user.sandbox.world.region('eu-west-1').elbv2.rules.all().length;

test('rules of Slipway and of Terraform stay side by side, while each of the two changes its own, until both are gone', async () => {
  expect(await terraform.apply()).toEqual(SUCCESS);
  expect(await terraform.plan()).toEqual(SUCCESS);
  const rules = ruleCount();

  await user.provision(stack());
  expect(ruleCount()).toBe(rules + 1);
  expect(await terraform.plan()).toEqual(SUCCESS);

  const tenant = { tenant: true, message: 'not here' };
  expect(await terraform.apply(tenant)).toEqual(SUCCESS);
  expect(await terraform.plan(tenant)).toEqual(SUCCESS);
  expect(await user.plan(stack())).toEqual([]);

  const changed = { ...tenant, hosts: ['tenant.example.com', '*.tenant.example.com'], delay: 60 };
  expect(await terraform.apply(changed)).toEqual(SUCCESS);
  const changedStack = stack({ deregistrationDelaySeconds: 30 });
  await user.provision(changedStack);
  expect(await terraform.plan(changed)).toEqual(SUCCESS);
  expect(await user.plan(changedStack)).toEqual([]);

  await user.teardown(changedStack);
  expect(ruleCount()).toBe(rules + 1);
  expect(await terraform.plan(changed)).toEqual(SUCCESS);
  expect(await terraform.destroy(changed)).toEqual(SUCCESS);
  expect(user.census()).toEqual({});
  expect(user.sandbox.journal.entries().filter(({ result }) => result === 'NotImplemented')).toEqual([]);
});
