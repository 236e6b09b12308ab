// The public address of a stack, on AWS and on the sandbox.
import { describe, expect, test } from '@jest/globals';
import { nouns } from '../../../../lib/model/architecture.ts';
import type { ConnectedTarget, SandboxHandle } from '../../../../lib/run/target.ts';
import { localWaits } from '../../../../lib/engine/waits.ts';
import type { AllIds } from '../../../../provision/context.ts';
import { publicAddress } from '../../../../provision/done/url.ts';
import { config, domainOf } from '../../step-harness.ts';
import { existing } from '../../existing-resources.ts';
import { stackOfTenant } from '../../others-balancer.ts';

const BALANCER = 'shop-dev-1234567890.eu-west-1.elb.amazonaws.com';
const ids = {
  ...Object.fromEntries(nouns.map((name) => [name, new Map()])),
  loadBalancer: new Map(Object.entries(existing.loadBalancer)),
} as unknown as AllIds;
const configWithDomain = (name: string) => config({ domain: domainOf({ name, zone: 'example.com' }) });
const settings = { region: 'eu-west-1' };
const aws: ConnectedTarget = { settings, waits: localWaits, endpointName: 'aws', sandbox: undefined };

describe('on AWS', () => {
  test('on AWS the URL contains the domain', async () => {
    expect(await publicAddress(configWithDomain('api.example.com'), aws, ids)).toEqual({
      url: 'http://api.example.com',
      host: 'api.example.com',
      connect: { host: 'api.example.com', port: 80 },
    });
  });

  test.each([
    ['there is no domain', config({ domain: undefined })],
    ['the domain resolves only locally', configWithDomain('api.shop.localhost')],
  ])("on AWS the URL contains the load balancer's own name when %s", async (_when, stack) => {
    expect(await publicAddress(stack, aws, ids)).toEqual({
      url: `http://${BALANCER}`,
      host: BALANCER,
      connect: { host: BALANCER, port: 80 },
    });
  });
});

describe('on the sandbox', () => {
  /** A sandbox that resolves these names to local ports, and records the lookups. */
  const sandboxOf = (known: Readonly<Record<string, number>>) => {
    const lookups: [string, number][] = [];
    const sandbox = {
      resolve: async (name: string, port: number) => {
        lookups.push([name, port]);
        const local = known[name];
        return local === undefined ? undefined : { host: '127.0.0.1', port: local };
      },
    } as unknown as SandboxHandle;
    return { lookups, target: { ...aws, endpointName: 'sandbox', sandbox } satisfies ConnectedTarget };
  };

  test('on the sandbox the URL contains the domain and the local port of the listener', async () => {
    const { lookups, target } = sandboxOf({ 'api.shop.localhost': 8080 });
    expect(await publicAddress(configWithDomain('api.shop.localhost'), target, ids)).toEqual({
      url: 'http://api.shop.localhost:8080',
      host: 'api.shop.localhost:8080',
      connect: { host: '127.0.0.1', port: 8080 },
    });
    expect(lookups).toEqual([['api.shop.localhost', 80]]);
  });

  test('on the sandbox the URL has no port if the listener uses port 80', async () => {
    const { target } = sandboxOf({ 'api.shop.localhost': 80 });
    expect(await publicAddress(configWithDomain('api.shop.localhost'), target, ids)).toMatchObject({
      url: 'http://api.shop.localhost',
      host: 'api.shop.localhost',
    });
  });

  test("on the sandbox the URL of a real domain has the load balancer's name, and requests have the domain as host", async () => {
    const { target } = sandboxOf({ 'api.example.com': 8080 });
    expect(await publicAddress(configWithDomain('api.example.com'), target, ids)).toEqual({
      url: `http://${BALANCER}:8080`,
      host: 'api.example.com:8080',
      connect: { host: '127.0.0.1', port: 8080 },
    });
  });

  test("on the sandbox the URL contains the load balancer's own name if no domain is configured", async () => {
    const { lookups, target } = sandboxOf({ [BALANCER]: 8080 });
    expect(await publicAddress(config({ domain: undefined }), target, ids)).toMatchObject({
      url: `http://${BALANCER}:8080`,
      host: `${BALANCER}:8080`,
    });
    expect(lookups).toEqual([[BALANCER, 80]]);
  });

  test('on the sandbox no address is returned while the name does not resolve', async () => {
    const { target } = sandboxOf({});
    expect(await publicAddress(configWithDomain('api.shop.localhost'), target, ids)).toBeUndefined();
  });
});

describe('on the load balancer of someone else', () => {
  const hostOf = (hosts: string | undefined, https = false) =>
    stackOfTenant(
      { https },
      {
        services: config().services.map((service) => ({
          ...service,
          containers: service.containers
            .slice(0, 1)
            .map((container) => ({ ...container, paths: [], routes: [{ paths: '/a', hosts }] as never })),
        })),
      },
    );
  const sandbox = {
    resolve: async () => ({ host: '127.0.0.1', port: 8443 }),
    authority: async () => ({ certificate: 'PEM', file: '/authority.pem' }),
  } as unknown as SandboxHandle;
  const local: ConnectedTarget = { ...aws, endpointName: 'sandbox', sandbox };

  test('the URL has the host of a route, and requests connect to the load balancer', async () => {
    expect(await publicAddress(hostOf('shop.example.com', true), aws, ids)).toEqual({
      ...{ url: 'https://shop.example.com', host: 'shop.example.com' },
      connect: { host: BALANCER, port: 443 },
      tls: { servername: 'shop.example.com', authority: undefined, isOthers: true },
    });
    expect(await publicAddress(hostOf('shop.example.com'), aws, ids)).toEqual({
      ...{ url: 'http://shop.example.com', host: 'shop.example.com' },
      connect: { host: BALANCER, port: 80 },
    });
  });

  test.each([undefined, '*.example.com'])('with the host %s, no name is known', async (host) => {
    expect(await publicAddress(hostOf(host, true), aws, ids)).toMatchObject({
      url: `https://${BALANCER}`,
      tls: { servername: '', isOthers: true },
    });
  });

  test('on the sandbox, the URL has a host only if other programs reach it there', async () => {
    const urlFor = async (host: string | undefined, https = false) =>
      (await publicAddress(hostOf(host, https), local, ids))?.url;
    expect(await urlFor('shop.example.com')).toBe(`http://${BALANCER}:8443`);
    expect(await urlFor('shop.localhost')).toBe('http://shop.localhost:8443');
    expect(await urlFor('shop.example.com', true)).toBe('https://shop.example.com:8443');
    expect(await urlFor(undefined, true)).toBe(`https://${BALANCER}:8443`);
  });

  test('a load balancer whose name does not resolve has no address', async () => {
    const unknown = { ...local, sandbox: { ...sandbox, resolve: async () => undefined } };
    expect(await publicAddress(hostOf('shop.localhost'), unknown, ids)).toBeUndefined();
  });
});
