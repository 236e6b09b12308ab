// Terraform creates services from images that Slipway pushed, and they answer requests behind Terraform's load balancer.
import { expect, test } from '@jest/globals';
import { httpRequest, machine } from '../journeys/harness.ts';
import { initTerraform } from './terraform.ts';

const SUCCESS = { code: 0, output: '' };
const DOMAIN = 'api.terraform.localhost';

test('requests reach containers through resources that Terraform created, beside a stack that Slipway created', async () => {
  const slipway = await machine();
  expect(await slipway.run('provision')).toMatchObject({ code: 0, problem: undefined });
  const before = await slipway.census();
  const image = (key: string) => slipway.state().resources[`images.${key}`]?.['imageUri'] ?? '';
  const variables = {
    stack: 'terraform-dev',
    zone: 'terraform.localhost',
    domain: DOMAIN,
    images: { api1: image('shop-api1'), api2: image('shop-api2'), more: image('shop-api2') },
    repositories: [],
    existing_repositories: ['arn:aws:ecr:eu-west-1:000000000000:repository/slipway-dev/*'],
  };

  const terraform = await initTerraform(slipway.endpoint);
  expect(await terraform.apply(variables)).toEqual(SUCCESS);
  const resolved = await slipway.admin(`resolve?name=${DOMAIN}&port=80`);
  const { port } = (await resolved.json()) as { port: number };
  expect(await httpRequest(`http://${DOMAIN}:${port}/api1`)).toMatchObject({ status: 200 });
  expect(await httpRequest(`http://${DOMAIN}:${port}/api2`)).toMatchObject({ status: 200 });
  expect(await httpRequest(`http://${DOMAIN}:${port}/nowhere`)).toMatchObject({
    status: 404,
    body: 'There is no service at this path.',
  });
  expect(await terraform.plan(variables)).toEqual(SUCCESS);

  expect(await terraform.destroy(variables)).toEqual(SUCCESS);
  expect(await slipway.census()).toEqual(before);
  expect(await slipway.run('teardown')).toMatchObject({ code: 0, problem: undefined });
});
