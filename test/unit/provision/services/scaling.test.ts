// Task counts that Application Auto Scaling controls: in a plan, in calls, and in what a run reports.
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
  test('does not change a count that Application Auto Scaling controls', async () => {
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
    ['that it does not control', drifted],
    ['of which that is unknown', unknown],
  ])('repairs a count %s', async (_what, changes) => {
    isDone();
    mocks.ecs.on(UpdateServiceCommand).resolves({ service: done });
    const { verbs } = await provisionStep(services, withItem(changes));
    expect(verbs).toEqual([['update', 'web', 'count']]);
    expect(mutations()).toEqual([update({ desiredCount: 1 })]);
  });
});

test('a run reports that Application Auto Scaling controls a count, or that this is unknown', () => {
  const events = (changes: Partial<FoundService>) => countEvents(config(), found(changes));
  expect(events(theirs)).toEqual([
    { type: 'note', text: 'the count of web is 4, not 1: Application Auto Scaling controls it, from 2 to 8' },
  ]);
  expect(events(unknown)).toEqual([
    {
      type: 'warning',
      text: 'the count of web is 4, not 1; it is unknown whether Application Auto Scaling set it: not allowed',
    },
  ]);
  expect(events(drifted)).toEqual([]);
  expect(countEvents(config(), surveyOf())).toEqual([]);
});

test('a run reports that a replaced service loses its range, and starts with the count of its predecessor', () => {
  const former = (changes: Partial<FoundService>) =>
    surveyOf({ services: { 'web~former': { ...item, ...changes } } });
  expect(countEvents(config(), former(theirs))).toEqual([
    {
      type: 'warning',
      text: 'web is replaced, and its Application Auto Scaling range is lost: the new service starts with 4 tasks, and the next provision sets 1 unless the new service has a range',
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

test('the requests at the end use the counts that Application Auto Scaling has set', () => {
  const counts = (changes: Partial<FoundService>) =>
    withAutoScaledCounts(config(), found(changes)).services.map(({ count }) => count);
  expect(counts({ ...theirs, desiredCount: 0 })).toEqual([0]);
  expect(counts(unknown)).toEqual([1]);
  expect(counts(drifted)).toEqual([1]);
  expect(withAutoScaledCounts(config(), surveyOf())).toEqual(config());
});
