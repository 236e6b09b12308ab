// Task counts that Application Auto Scaling controls: in the plan, in the calls, and in the report of a run.
import { UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { describe, expect, test } from '@jest/globals';
import type { FoundService } from '../../../../lib/look/services.ts';
import { countEvents, initialCount, withAutoScaledCounts } from '../../../../provision/services/scaling.ts';
import { services } from '../../../../provision/steps/services.ts';
import { config, mocks, provisionStep, surveyOf } from '../../step-harness.ts';
import {
  deployedService,
  mockDeployed,
  foundService,
  mutations,
  updateCall,
  scenarioWith,
} from '../service-scenario.ts';

const autoScaled: Partial<FoundService> = { desiredCount: 4, scaling: { min: 2, max: 8 } };
const unknownScaling: Partial<FoundService> = { desiredCount: 4, scaling: { unknown: 'not allowed' } };
const drifted: Partial<FoundService> = { desiredCount: 4 };
const surveyWith = (changes: Partial<FoundService>) =>
  surveyOf({ services: { web: { ...foundService, ...changes } } });

describe('the step', () => {
  test('a count that Application Auto Scaling controls is not changed', async () => {
    const { shortChanges } = await provisionStep(services, scenarioWith(autoScaled));
    expect(shortChanges).toEqual([]);
    expect(mutations()).toEqual([]);
  });

  test('an update of other fields does not send a count that Application Auto Scaling controls', async () => {
    mockDeployed();
    mocks.ecs.on(UpdateServiceCommand).resolves({ service: deployedService });
    const { shortChanges } = await provisionStep(services, scenarioWith({ ...autoScaled, graceSeconds: 0 }));
    expect(shortChanges).toEqual([['update', 'web', 'grace seconds']]);
    expect(mutations()).toEqual([updateCall()]);
  });

  test.each([
    ['that Application Auto Scaling does not control', drifted],
    ['whose control by Application Auto Scaling cannot be determined', unknownScaling],
  ])('a different count %s is repaired', async (_what, changes) => {
    mockDeployed();
    mocks.ecs.on(UpdateServiceCommand).resolves({ service: deployedService });
    const { shortChanges } = await provisionStep(services, scenarioWith(changes));
    expect(shortChanges).toEqual([['update', 'web', 'count']]);
    expect(mutations()).toEqual([updateCall({ desiredCount: 1 })]);
  });
});

test('a run reports that Application Auto Scaling controls a count, or that this is unknown', () => {
  const events = (changes: Partial<FoundService>) => countEvents(config(), surveyWith(changes));
  expect(events(autoScaled)).toEqual([
    { type: 'note', text: 'the count of web is 4, not 1: Application Auto Scaling controls it, from 2 to 8' },
  ]);
  expect(events(unknownScaling)).toEqual([
    {
      type: 'warning',
      text: 'the count of web is 4, not 1; it is unknown whether Application Auto Scaling set it: not allowed',
    },
  ]);
  expect(events(drifted)).toEqual([]);
  expect(countEvents(config(), surveyOf())).toEqual([]);
});

test('a run reports that a replaced service loses its scaling range and that its successor starts with the same count', () => {
  const former = (changes: Partial<FoundService>) =>
    surveyOf({ services: { 'web~former': { ...foundService, ...changes } } });
  expect(countEvents(config(), former(autoScaled))).toEqual([
    {
      type: 'warning',
      text: 'web is replaced, and its Application Auto Scaling range is lost: the new service starts with 4 tasks, and the next provision sets 1 unless the new service has a range',
    },
  ]);
  expect(countEvents(config(), former(drifted))).toEqual([]);
  const [web] = config().services;
  if (!web) throw new Error('no service');
  expect([
    initialCount(web, former(autoScaled)),
    initialCount(web, former(unknownScaling)),
    initialCount(web, surveyOf()),
  ]).toEqual([4, 1, 1]);
});

test('the final wait and requests use the counts that Application Auto Scaling has set', () => {
  const counts = (changes: Partial<FoundService>) =>
    withAutoScaledCounts(config(), surveyWith(changes)).services.map(({ count }) => count);
  expect(counts({ ...autoScaled, desiredCount: 0 })).toEqual([0]);
  expect(counts(unknownScaling)).toEqual([1]);
  expect(counts(drifted)).toEqual([1]);
  expect(withAutoScaledCounts(config(), surveyOf())).toEqual(config());
});
