// The expected duration of a run, as the question at the terminal states it.
import { expect, test } from '@jest/globals';
import { expectedProvision, expectedTeardown } from '../../../../lib/engine/expected-duration.ts';
import { nouns, nounsToTearDown, type Noun } from '../../../../lib/model/architecture.ts';
import type { Verb } from '../../../../lib/model/change.ts';
import { removalOrder } from '../../../../teardown/plan.ts';
import { change } from '../../engine-harness.ts';
import { ROLLING } from '../../step-harness.ts';

const minutes = (ms: number) => ms / 60_000;
const changesOf = (some: readonly Noun[], verb: Verb) => some.map((noun) => change(noun, '', verb));

test('a first provision takes about three minutes, for the load balancer or the NAT gateway, the deployment and DNS', () => {
  expect(minutes(expectedProvision(changesOf(nouns, 'create')))).toBeCloseTo(3.2, 0);
});

test('a provision without a new load balancer does not wait for one', () => {
  const changesWithBalancer = changesOf(['loadBalancer', 'record'], 'create');
  const difference = expectedProvision(changesWithBalancer) - expectedProvision(changesWithBalancer.slice(1));
  expect(minutes(difference)).toBeGreaterThan(2);
});

test('an update of a service takes the time of a deployment; an update of its log group takes seconds', () => {
  expect(minutes(expectedProvision(changesOf(['services'], 'update')))).toBeGreaterThan(0.5);
  expect(expectedProvision(changesOf(['logGroup'], 'update'))).toBeLessThan(2000);
  expect(expectedProvision([])).toBe(0);
});

test('a replacement takes the time to create and to remove', () => {
  const replaced = expectedProvision(changesOf(['natGateway'], 'replace'));
  expect(replaced).toBeGreaterThan(expectedProvision(changesOf(['natGateway'], 'create')) + 30_000);
});

test('a teardown takes more than a minute: services drain, then the NAT gateway is deleted', () => {
  const expected = minutes(expectedTeardown(changesOf(nounsToTearDown, 'remove'), removalOrder()));
  expect(expected).toBeGreaterThan(1);
  expect(expected).toBeLessThan(3);
});

test('an update of a service also takes the bake times of its deployment; a first deployment has none', () => {
  const services = [
    {
      name: 'web',
      deploy: { ...ROLLING, strategy: 'linear', percent: 50, stepMinutes: 20, bakeMinutes: 10 },
    },
    { name: 'job', deploy: ROLLING },
  ] as const;
  const durationOf = (key: string, verb: Verb) =>
    expectedProvision([change('services', key, verb)], services);
  expect(minutes(durationOf('web', 'update') - durationOf('job', 'update'))).toBe(30);
  expect(durationOf('web', 'create')).toBe(durationOf('job', 'create'));
});
