// A valid stack becomes a complete configuration.
import { resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { containersOf } from '../../../../lib/config/config.ts';
import { parseConfig } from '../../../../lib/config/parse.ts';
import type { StackInput } from '../../../../lib/config/schema.ts';
import slipway from '../../../../slipway.config.ts';
import { mistakesOf, read, validStack, validStackWith } from './support.ts';

const api = 'services.shop.containers.api';

describe('a valid stack', () => {
  test('that sets every field keeps all of its values', () => {
    const { services, domain, ...stack } = validStack();
    const { containers, deploy: _deploy, ...shop } = services.shop ?? { containers: {} };
    const { source: _, ...written } = containers.api ?? {};
    expect(read(validStack())).toMatchObject({
      ...stack,
      stage: 'dev',
      target: 'sandbox',
      domain,
      services: [
        {
          ...shop,
          name: 'shop',
          deploy: {
            strategy: 'rolling',
            bakeMinutes: 2,
            alarms: ['shop-5xx'],
            circuitBreaker: { thresholdType: 'count', threshold: 4, resetOnHealthyTask: false },
          },
          containers: [
            { ...written, name: 'api', key: 'shop-api' },
            { name: 'proxy', key: 'shop-proxy', image: { reference: 'nginx:1.29' } },
          ],
        },
      ],
    });
  });

  test('has its defaults filled in', () => {
    const container = {
      port: undefined,
      path: undefined,
      protocol: 'HTTP',
      health: {
        path: '/',
        intervalSeconds: 10,
        timeoutSeconds: 5,
        healthyThreshold: 2,
        unhealthyThreshold: 2,
        matcher: '200-299',
        startSeconds: 30,
      },
      environment: {},
      environmentFile: undefined,
      secrets: {},
      registryCredentials: undefined,
      command: undefined,
      essential: true,
      readOnlyRoot: true,
      stopSeconds: 30,
    };
    const input: StackInput = {
      name: 'store',
      region: 'eu-west-1',
      services: { shop: { containers: { built: { source: '.' }, pulled: { image: 'nginx' } } } },
    };
    const folder = resolve('services/api1');
    expect(parseConfig(input, { stage: 'dev', target: 'aws', folder })).toStrictEqual({
      name: 'store',
      stage: 'dev',
      target: 'aws',
      region: 'eu-west-1',
      project: undefined,
      domain: undefined,
      network: { cidr: '10.0.0.0/16', zones: 2 },
      logRetentionDays: 14,
      idleTimeoutSeconds: 60,
      protect: false,
      internal: false,
      clients: undefined,
      loadBalancer: undefined,
      ipv6: false,
      waf: undefined,
      insights: undefined,
      accessLogs: undefined,
      flowLogs: false,
      deregistrationDelaySeconds: 10,
      builder: 'auto',
      tags: {},
      permissionsBoundary: undefined,
      services: [
        {
          name: 'shop',
          architecture: 'x86_64',
          cpu: 256,
          memory: 512,
          count: 1,
          exec: false,
          graceSeconds: 60,
          permissions: [],
          managedPolicies: [],
          taskRole: undefined,
          executionRole: undefined,
          deploy: {
            strategy: 'rolling',
            bakeMinutes: undefined,
            alarms: [],
            circuitBreaker: { thresholdType: 'boundedPercent', threshold: 50, resetOnHealthyTask: true },
          },
          containers: [
            { ...container, name: 'built', key: 'shop-built', image: { source: folder }, user: '1000:1000' },
            {
              ...container,
              name: 'pulled',
              key: 'shop-pulled',
              image: { reference: 'nginx' },
              user: undefined,
            },
          ],
        },
      ],
    });
  });

  test.each([
    ['its path', { port: 7000, path: '/shop' }, '/shop'],
    [
      'its path, even if other fields of the check are set',
      { port: 7000, path: '/shop', health: { matcher: '200' } },
      '/shop',
    ],
    ['/ if it has no path', { port: 7000 }, '/'],
    ['the path of its configuration', { port: 7000, path: '/shop', health: { path: '/up' } }, '/up'],
  ])('checks the health of a container at %s', (_what, fields, path) => {
    const stack = validStackWith({ 'services.shop.containers.extra': { source: 'api', ...fields } });
    expect(containersOf(read(stack)).at(-1)?.health.path).toBe(path);
  });

  test.each([
    ['its port', { port: 7000 }, { PORT: '7000' }],
    ['its port, beside other variables', { port: 7000, environment: { A: '1' } }, { A: '1', PORT: '7000' }],
    ['the configured value', { port: 7000, environment: { PORT: '80' } }, { PORT: '80' }],
    ['nothing if it has no port', {}, {}],
  ])('sets the variable PORT of a container to %s', (_what, fields, environment) => {
    for (const image of [{ source: 'api' }, { image: 'nginx' }]) {
      const stack = validStackWith({ 'services.shop.containers.extra': { ...image, ...fields } });
      expect(containersOf(read(stack)).at(-1)?.environment).toStrictEqual(environment);
    }
  });

  test('creates no zone by default', () => {
    expect(read(validStackWith({ 'domain.createZone': undefined })).domain?.createZone).toBe(false);
  });

  test('may have a count of 0, undefined fields, and a domain with the same name as its zone', () => {
    const stack = { ...validStack(), tags: undefined, domain: { name: 'example.com', zone: 'example.com' } };
    expect(read(stack)).toMatchObject({ tags: {}, domain: { name: 'example.com' } });
    expect(read(validStackWith({ 'services.shop.count': 0 })).services[0]?.count).toBe(0);
  });

  test.each(['/', '/api', `/${'a'.repeat(124)}`, `/a-b_c.d/~e"f'g/h@i:j+k&l$m`, '/...'])(
    'may route the path %s',
    (path) => {
      expect(
        mistakesOf(
          validStackWith({ [`${api}.path`]: path, 'services.shop.containers.proxy.path': undefined }),
        ),
      ).toEqual([]);
    },
  );

  test.each([
    'nginx',
    'nginx:1.29-alpine',
    'public.ecr.aws/docker/library/node:22',
    'localhost:5000/a/b_c__d',
    `x@sha256:${'0a'.repeat(32)}`,
  ])('may run the image %s', (image) => {
    expect(mistakesOf(validStackWith({ 'services.shop.containers.proxy.image': image }))).toEqual([]);
  });

  test.each(['us-gov-west-1', 'ap-southeast-4', 'cn-north-1', 'eusc-de-east-1', 'us-isob-east-1'])(
    'may be in the region %s',
    (region) => {
      const withoutArns = {
        permissionsBoundary: undefined,
        'services.shop.permissions': undefined,
        'services.shop.executionRole': undefined,
      };
      expect(read(validStackWith({ ...withoutArns, region })).region).toBe(region);
    },
  );

  test.each(['10.0.0.0/16', '192.168.4.0/24', '172.16.0.0/16', '172.31.128.0/17', '100.127.0.0/16'])(
    'may have the network block %s',
    (cidr) => {
      expect(read(validStackWith({ 'network.cidr': cidr })).network.cidr).toBe(cidr);
    },
  );

  test('is exported by slipway.config.ts in this repository', () => {
    // The sources are relative to the repository, so they do not exist in another folder.
    expect(mistakesOf(slipway)).toMatchObject([{ path: `${api}1.source` }, { path: `${api}2.source` }]);
    const config = parseConfig(slipway, { stage: 'dev', target: 'sandbox', folder: resolve() });
    expect(config.services[0]?.containers.map(({ key, port, path }) => [key, port, path])).toEqual([
      ['shop-api1', 5000, '/api1'],
      ['shop-api2', 6000, '/api2'],
    ]);
  });

  test('is built by the builder that the command names rather than by the builder in the configuration', () => {
    const context = {
      stage: 'dev',
      target: 'sandbox',
      folder: resolve('services'),
      builder: 'docker',
    } as const;
    expect(parseConfig(validStackWith({ [`${api}.source`]: 'api1' }), context).builder).toBe('docker');
  });
});
