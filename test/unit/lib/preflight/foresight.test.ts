// Foresight: what AWS accepts, but what cannot work as intended, with its path, its value and its fix.
import { expect, test } from '@jest/globals';
import type { Config } from '../../../../lib/config/config.ts';
import { foresee, foreseenText, overlap } from '../../../../lib/preflight/foresight.ts';
import { config } from '../../step-harness.ts';

const withService = (fields: object, ofContainer: object = {}): Config => {
  const stack = config();
  return {
    ...stack,
    services: stack.services.map((service) => ({
      ...service,
      ...fields,
      containers: service.containers.map((one, index) => (index === 0 ? { ...one, ...ofContainer } : one)),
    })),
  };
};

test('an ordinary stack has nothing to foresee', () => {
  expect(foresee(config())).toEqual([]);
  expect(foresee(config({ clients: ['10.0.0.0/8'], internal: true }))).toEqual([]);
  expect(foresee(config({ clients: ['10.0.0.0/8', '203.0.113.0/24'] }))).toEqual([]);
});

test.each<[string, Config, { path: string; value: string; what: RegExp; fix: RegExp }]>([
  [
    'private clients of a public load balancer',
    config({ clients: ['10.0.0.0/8', '192.168.1.0/24'] }),
    {
      path: 'clients',
      value: '10.0.0.0/8, 192.168.1.0/24',
      what: /^No request arrives/,
      fix: /internal: true/,
    },
  ],
  [
    'public clients of an internal load balancer',
    config({ clients: ['203.0.113.0/24'], internal: true }),
    { path: 'clients', value: '203.0.113.0/24', what: /only private addresses/, fix: /remove internal/ },
  ],
  [
    'clients with addresses of the VPC',
    config({ clients: ['10.0.128.0/24'], internal: true }),
    {
      path: 'clients[0]',
      value: '10.0.128.0/24',
      what: /overlaps with network\.cidr, which is 10\.0\.0\.0\/16/,
      fix: /network\.cidr/,
    },
  ],
  [
    'paths of a service without tasks',
    withService({ count: 0 }),
    { path: 'services.web.count', value: '0', what: /503/, fix: /at least 1/ },
  ],
  [
    'a program that listens on another port',
    withService({}, { environment: { PORT: '3000' } }),
    {
      path: 'services.web.containers.api1.environment.PORT',
      value: "'3000'",
      what: /port 5000/,
      fix: /set port to 3000/,
    },
  ],
])('%s', (_case, stack, { path, value, what, fix }) => {
  const [found, ...others] = foresee(stack);
  expect(others).toEqual([]);
  expect(found).toMatchObject({
    ...{ path, value },
    what: expect.stringMatching(what),
    fix: expect.stringMatching(fix),
  });
  expect(found && foreseenText(found)).toMatch(new RegExp(`^[^ ]+: .*\\. `));
});

test('a PORT that is no number may be anything, and is not shown', () => {
  expect(foresee(withService({}, { environment: { PORT: 'hunter2' } }))).toEqual([]);
  expect(foresee(withService({}, { environment: { PORT: '5000' } }))).toEqual([]);
});

test.each([
  ['10.0.0.0/16', '10.0.4.0/24', true],
  ['10.0.4.0/24', '10.0.0.0/16', true],
  ['10.0.0.0/16', '10.1.0.0/16', false],
])('%s and %s', (one, other, isOverlap) => {
  expect(overlap(one, other)).toBe(isOverlap);
});
