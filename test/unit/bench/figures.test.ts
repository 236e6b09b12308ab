// Medians and ranges across rounds, the number of calls per operation, and whether the goals are met.
import { expect, test } from '@jest/globals';
import { WORKLOADS, type Measurement, type Round } from '../../../bench/contender.ts';
import { figuresOf, countCalls, peakOf, spreadOf } from '../../../bench/figures.ts';
import {
  failureVerdicts,
  isMet,
  minimumVerdicts,
  rolloutVerdicts,
  verdicts,
  type SizeResult,
} from '../../../bench/goals.ts';

const call = (operation: string) => ({ service: 'ec2', operation, mutating: false });
const measurementOf = (seconds: number, calls: number, megabytes?: number): Measurement => ({
  seconds,
  megabytes,
  calls: Array.from({ length: calls }, () => call('DescribeVpcs')),
});
const roundOf = (one: Measurement): Round =>
  Object.fromEntries(WORKLOADS.map((work) => [work, one])) as unknown as Round;
const sizeResult = (
  additionalServices: number,
  slipway: Measurement,
  terraform?: Measurement,
): SizeResult => ({
  additionalServices,
  slipway: figuresOf([roundOf(slipway)]),
  terraform: terraform && figuresOf([roundOf(terraform)]),
});

test('a median is the middle value, or the mean of the two middle values', () => {
  expect(spreadOf([3, 1, 2])).toEqual({ median: 2, min: 1, max: 3 });
  expect(spreadOf([4, 1, 2, 3])).toEqual({ median: 2.5, min: 1, max: 4 });
  expect(spreadOf([7])).toEqual({ median: 7, min: 7, max: 7 });
});

test('calls are counted per operation of each service', () => {
  expect(countCalls([call('DescribeVpcs'), call('CreateVpc'), call('DescribeVpcs')])).toEqual({
    'ec2.CreateVpc': 1,
    'ec2.DescribeVpcs': 2,
  });
});

test('each workload has figures across all rounds, and the number of calls per operation in its median round', () => {
  const figures = figuresOf(
    [measurementOf(2, 10, 100), measurementOf(1, 12, 300), measurementOf(9, 11, 200)].map(roundOf),
  );
  expect(figures.plan.seconds).toEqual({ median: 2, min: 1, max: 9 });
  expect(figures.plan.calls).toEqual({ median: 11, min: 10, max: 12 });
  expect(figures.plan.callCounts).toEqual({ 'ec2.DescribeVpcs': 11 });
  expect(peakOf(figures)).toBe(200);
});

test('without memory measurements, neither a memory figure nor a memory goal is returned', () => {
  const figures = figuresOf([roundOf(measurementOf(1, 1))]);
  expect(figures.plan.megabytes).toBeUndefined();
  expect(peakOf(figures)).toBeUndefined();
  const all = verdicts([sizeResult(0, measurementOf(1, 1), measurementOf(10, 1, 600))]);
  expect(all.filter(({ what }) => what.includes('memory'))).toEqual([]);
});

test("a goal limits a ratio to Terraform's time or memory, or a number of calls", () => {
  const all = verdicts([sizeResult(0, measurementOf(1, 42, 200), measurementOf(10, 60, 800))]);
  const verdictOn = (what: string) => all.find((verdict) => verdict.what === what);
  expect(verdictOn("no-op provision: time, relative to Terraform's")).toEqual({
    what: "no-op provision: time, relative to Terraform's",
    measured: 0.1,
    atMost: 0.18,
  });
  expect(all.filter((verdict) => !isMet(verdict)).map(({ what }) => what)).toEqual([
    'plan from nothing: calls',
    "first provision: time, relative to Terraform's",
  ]);
  expect(verdictOn("peak memory, relative to Terraform's")?.measured).toBe(0.25);
});

test('with fifty additional services, there are also goals for the calls per service', () => {
  const all = verdicts([sizeResult(0, measurementOf(1, 40)), sizeResult(50, measurementOf(2, 290))]);
  expect(
    all
      .filter(({ what }) => what.includes('calls per service'))
      .map(({ measured, atMost }) => [measured, atMost]),
  ).toEqual([
    [5, 10],
    [5, 4],
  ]);
});

test('without figures for Terraform, there are only goals for calls', () => {
  const all = verdicts([sizeResult(0, measurementOf(1, 40, 200))]);
  expect(all.every(({ what }) => what.endsWith(': calls'))).toBe(true);
});

test('a command meets its goal when it takes at most 5 % longer than the minimum', () => {
  const [good, bad] = minimumVerdicts([
    { workload: 'update', seconds: 10.5, minimum: 10, path: [] },
    { workload: 'teardown', seconds: 10.6, minimum: 10, path: [] },
  ]);
  expect(good && isMet(good)).toBe(true);
  expect(bad && isMet(bad)).toBe(false);
});

test('an update that cannot succeed meets its goal when it ends at most 15 s after the report of ECS', () => {
  const verdictOf = (secondsAfterReport: number) =>
    failureVerdicts([{ what: 'a program that throws', seconds: 80, secondsAfterReport }]).map(isMet);
  expect(verdictOf(15)).toEqual([true]);
  expect(verdictOf(15.1)).toEqual([false]);
});

test('a rollout meets its goal when no request is dropped and the load was steady', () => {
  const rollout = {
    what: 'a new image',
    seconds: 20,
    requests: 4000,
    late: 120,
    slowestMs: 900,
    dropped: [],
  };
  const dropped = [{ path: '/a', at: 5, reason: '502' }];
  expect(rolloutVerdicts([rollout]).map(isMet)).toEqual([true]);
  expect(rolloutVerdicts([{ ...rollout, dropped }]).map(isMet)).toEqual([false]);
  expect(rolloutVerdicts([{ ...rollout, late: 121 }]).map(isMet)).toEqual([true, false]);
});
