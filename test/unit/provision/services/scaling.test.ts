// Counts that Application Auto Scaling has set: what the plan shows, what is sent, and what a run reports.
import { UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { describe, expect, test } from '@jest/globals';
import type { FoundService } from '../../../../lib/look/services.ts';
import { countEvents, initialCount, withAutoScaledCounts } from '../../../../provision/services/scaling.ts';
import { services } from '../../../../provision/steps/services.ts';
import { config, mocks, provisionStep, surveyOf } from '../../step-harness.ts';
import { done, isDone, item, mutations, update, withItem } from '../service-scenario.ts';

const theirs: Partial<FoundService> = { desiredCount: 4, scaling: { min: 2, max: 8 } };
const unknown: Partial<FoundService> = { desiredCount: 4, scaling: { unknown: 'not allowed' } };
const drifted: Partial<FoundService> = { desiredCount: 4 };
const found = (changes: Partial<FoundService>) => surveyOf({ services: { web: { ...item, ...changes } } });

describe('the step', () => {
  test('does not change a count that Application Auto Scaling has set', async () => {
    const { verbs } = await provisionStep(services, withItem(theirs));
    expect(verbs).toEqual([]);
    expect(mutations()).toEqual([]);
  });

  test('sends no count with other changes', async () => {
    isDone();
    mocks.ecs.on(UpdateServiceCommand).resolves({ service: done });
    const { verbs } = await provisionStep(services, withItem({ ...theirs, graceSeconds: 0 }));
    expect(verbs).toEqual([['update', 'web', 'grace seconds']]);
    expect(mutations()).toEqual([update()]);
  });

  test.each([
    ['a count that Application Auto Scaling has not set', drifted],
    ['a count of which that is not known', unknown],
  ])('repairs %s', async (_what, changes) => {
    isDone();
    mocks.ecs.on(UpdateServiceCommand).resolves({ service: done });
    const { verbs } = await provisionStep(services, withItem(changes));
    expect(verbs).toEqual([['update', 'web', 'count']]);
    expect(mutations()).toEqual([update({ desiredCount: 1 })]);
  });
});

test('a run reports who sets the count, and when that is not known', () => {
  const told = (changes: Partial<FoundService>) => countEvents(config(), found(changes));
  expect(told(theirs)).toEqual([
    { type: 'note', text: 'the count of web is 4, not 1: Application Auto Scaling decides, from 2 to 8' },
  ]);
  expect(told(unknown)).toEqual([
    {
      type: 'warning',
      text: 'the count of web is 4, not 1; whether Application Auto Scaling made it so is not known: not allowed',
    },
  ]);
  expect(told(drifted)).toEqual([]);
  expect(countEvents(config(), surveyOf())).toEqual([]);
});

test('a run reports that a replaced service loses its scaling range and starts with the count of the old one', () => {
  const former = (changes: Partial<FoundService>) =>
    surveyOf({ services: { 'web~former': { ...item, ...changes } } });
  expect(countEvents(config(), former(theirs))).toEqual([
    {
      type: 'warning',
      text: 'web is replaced, and the range that Application Auto Scaling has for it goes: it begins with 4 tasks, and the next provision makes that 1 unless the new service has a range',
    },
  ]);
  expect(countEvents(config(), former(drifted))).toEqual([]);
  const [web] = config().services;
  if (!web) throw new Error('no service');
  expect([
    initialCount(web, former(theirs)),
    initialCount(web, former(unknown)),
    initialCount(web, surveyOf()),
  ]).toEqual([4, 1, 1]);
});

test('the requests at the end respect the counts that Application Auto Scaling has set', () => {
  const counts = (changes: Partial<FoundService>) =>
    withAutoScaledCounts(config(), found(changes)).services.map(({ count }) => count);
  expect(counts({ ...theirs, desiredCount: 0 })).toEqual([0]);
  expect(counts(unknown)).toEqual([1]);
  expect(counts(drifted)).toEqual([1]);
  expect(withAutoScaledCounts(config(), surveyOf())).toEqual(config());
});
