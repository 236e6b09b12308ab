// Terraform applies public modules with their defaults on the sandbox, plans no changes after requests have succeeded, and destroys everything.
import { expect, test } from '@jest/globals';
import { eventually, httpRequest, machine } from '../journeys/harness.ts';
import { initTerraform, MODULES } from './terraform.ts';

const SUCCESS = { code: 0, output: '' };
const testWithModules = MODULES === undefined ? test.skip : test;

testWithModules(
  'modules for a VPC, security groups, a load balancer and ECS compose into the architecture (needs SLIPWAY_TERRAFORM_MODULES)',
  async () => {
    // Slipway's own stack provides the images, and stays beside the resources of the modules.
    const slipway = await machine();
    expect(await slipway.run('provision')).toMatchObject({ code: 0, problem: undefined });
    const before = await slipway.census();
    const image = (key: string) => slipway.state().resources[`images.${key}`]?.['imageUri'] ?? '';
    const images = { api1: image('shop-api1'), api2: image('shop-api2') };

    const terraform = await initTerraform(slipway.endpoint, 'test/terraform/modules');
    expect(await terraform.apply({ images })).toEqual(SUCCESS);
    const balancer = terraform.output('load_balancer');
    const resolved = await slipway.admin(`resolve?name=${balancer}&port=80`);
    const { port } = (await resolved.json()) as { port: number };
    const get = (path: string) => httpRequest(`http://${balancer}:${port}${path}`);
    // The ECS module scales the service by its CPU usage, so a task may be about to stop when a request arrives.
    for (const path of ['/api1', '/api2'])
      await eventually(async () => (await get(path)).status === 200 || undefined);
    expect(await get('/nowhere')).toMatchObject({ status: 404, body: 'There is no service at this path.' });
    expect(await terraform.plan({ images })).toEqual(SUCCESS);

    // As on AWS, a protected load balancer is not deleted until the protection is off.
    const unprotected = { images, deletion_protection: false };
    expect(await terraform.apply(unprotected)).toEqual(SUCCESS);
    expect(await terraform.destroy(unprotected)).toEqual(SUCCESS);
    expect(await slipway.census()).toEqual(before);
    const refused = (await slipway.journal()).filter(({ result }) => result === 'NotImplemented');
    expect(refused).toEqual([]);
    expect(await slipway.run('teardown')).toMatchObject({ code: 0, problem: undefined });
  },
);
