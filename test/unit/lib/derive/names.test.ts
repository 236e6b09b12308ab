// The computed names of a stack's resources.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { routesOf, type Container, type RoutedContainer } from '../../../../lib/config/config.ts';
import { stackName, stageName, type FieldRule } from '../../../../lib/config/field-rules.ts';
import { namesOf, configuredServiceName, shortHash } from '../../../../lib/derive/names.ts';
import { config } from '../../step-harness.ts';

const names = namesOf({ name: 'shop', stage: 'dev' });
const [route] = routesOf(config());
if (!route) throw new Error('the test configuration has no route');

test('every name in a stack begins with the name of the stack, or contains it as a segment of a path', () => {
  expect(names.stack).toBe('shop-dev');
  expect([names.cluster, names.loadBalancer, names.role('task'), names.role('execution')]).toEqual([
    'shop-dev',
    'shop-dev',
    'shop-dev-task',
    'shop-dev-execution',
  ]);
  expect([names.logGroup, names.rolePath]).toEqual(['/slipway/shop-dev', '/slipway/shop-dev/']);
  expect([names.securityGroup('balancer'), names.family('web')]).toEqual([
    'shop-dev-balancer',
    'shop-dev-web',
  ]);
  expect(names.repository('web-api1')).toBe('shop-dev/web-api1');
});

test('the name of the bucket is within the limit of S3, in every region', () => {
  const account = '111122223333';
  expect(names.logBucket({ region: 'eu-west-1', account })).toBe('shop-dev-logs-111122223333-eu-west-1');
  const long = (name: string) =>
    namesOf({ name, stage: 'production' }).logBucket({ region: 'ap-northeast-3', account });
  const [one, other] = [long('a'.repeat(20)), long('a'.repeat(21))];
  expect(one).toMatch(/^[a-z\d-]{63}$/);
  expect(other).toMatch(/^[a-z\d-]{63}$/);
  expect(one).not.toBe(other);
});

test('no two stacks share a full name: stages have no hyphens, so the last hyphen always precedes the stage', () => {
  const validName = (pattern: RegExp, rule: FieldRule) =>
    fc.stringMatching(pattern).filter((text) => rule(text) === undefined);
  const stacks = fc.record({
    name: validName(/^[a-c1-]{1,6}$/, stackName),
    stage: validName(/^[a-c1-]{1,4}$/, stageName),
  });
  fc.assert(
    fc.property(stacks, ({ name, stage }) => {
      const { stack } = namesOf({ name, stage });
      const [, before, after] = /^(.*)-(.*)$/.exec(stack) ?? [];
      expect({ name: before, stage: after }).toEqual({ name, stage });
    }),
  );
});

describe('the name of a target group', () => {
  const { container } = route;

  test('is the same on every machine and in every run', () => {
    expect(names.targetGroup(container)).toBe('shop-dev-web-api1-e80e');
  });

  test('changes with the port, since the port of a target group is immutable', () => {
    expect(names.targetGroup({ ...container, port: 5001 })).not.toBe(names.targetGroup(container));
  });

  test('changes with the protocol, since the protocol of a target group is also immutable', () => {
    expect(names.targetGroup({ ...container, protocol: 'HTTPS' })).not.toBe(names.targetGroup(container));
  });

  test('changes with the path and the status codes of the health check, since running tasks may not pass another check', () => {
    const withHealth = (changes: object) =>
      names.targetGroup({ ...container, health: { ...container.health, ...changes } });
    expect(withHealth({ path: '/other' })).not.toBe(names.targetGroup(container));
    expect(withHealth({ matcher: '200-299' })).not.toBe(names.targetGroup(container));
    expect(withHealth({ intervalSeconds: 77, timeoutSeconds: 7, unhealthyThreshold: 7 })).toBe(
      names.targetGroup(container),
    );
  });
});

describe('the name of an ECS service', () => {
  const [service] = config().services;
  if (!service) throw new Error('the test configuration has no service');
  const [first, second] = service.containers;
  const successor = (change: Partial<Container>, attempt = 0) =>
    names.successor({ ...service, containers: [{ ...first, ...change }, second] as Container[] }, attempt);

  test('is the configured name', () => {
    expect(names.service(service)).toBe('web');
  });

  test('is a stable name that depends on the target groups if the service succeeds another one', () => {
    expect(successor({})).toMatch(/^web_[0-9a-f]{4}$/);
    expect(successor({ cpu: 1 })).toBe(successor({}));
    const different = [
      successor({}),
      successor({ port: 1 }),
      successor({ protocol: 'HTTPS' }),
      successor({ health: { ...(first as RoutedContainer).health, path: '/other' } }),
      successor({}, 1),
    ];
    expect(new Set(different).size).toBe(5);
  });

  test('contains the configured name', () => {
    expect(configuredServiceName(successor({}))).toBe('web');
    expect(configuredServiceName('web')).toBe('web');
  });
});

describe('a short hash', () => {
  test('has the requested number of hexadecimal digits', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 64 }), fc.string(), (length, value) => {
        expect(shortHash(length, value)).toMatch(new RegExp(`^[0-9a-f]{${length}}$`));
      }),
    );
  });

  test('differs even for values that are equal when joined', () => {
    expect(shortHash(16, 'a', 'bc')).not.toBe(shortHash(16, 'ab', 'c'));
    expect(shortHash(16, '1')).not.toBe(shortHash(16, 1));
    expect(shortHash(16, 'a', 'b')).toBe(shortHash(16, 'a', 'b'));
  });
});
