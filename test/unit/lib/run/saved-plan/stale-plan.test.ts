// The changes since a plan was saved: in the configuration, in the images and in the resources.
import { describe, expect, test } from '@jest/globals';
import type { PlannedChange } from '../../../../../lib/run/results.ts';
import { savedConfiguration } from '../../../../../lib/run/saved-plan/configuration.ts';
import {
  planDifferences,
  stalePlan,
  type ComparedPlan,
} from '../../../../../lib/run/saved-plan/stale-plan.ts';
import { config } from '../../../step-harness.ts';

const SALT = '00'.repeat(16);
const SECRET = 'hunter2hunter2';
const withToken = (value: string) => {
  const stack = config();
  const [service, ...services] = stack.services;
  const [container, ...containers] = service?.containers ?? [];
  return {
    ...stack,
    services: [
      { ...service, containers: [{ ...container, environment: { TOKEN: value } }, ...containers] },
      ...services,
    ],
  } as ReturnType<typeof config>;
};
const counts = { create: 0, update: 0, replace: 0, remove: 0, keep: 0 };
const compared = async (
  changes: PlannedChange[],
  kept: string[] = [],
  more: Partial<ComparedPlan> = {},
): Promise<ComparedPlan> => ({
  account: '123456789012',
  configuration: await savedConfiguration(config(), SALT),
  images: { 'web/api1': 'sha256:a' },
  plan: { changes, kept, counts },
  ...more,
});
const retention = (from: number): PlannedChange => ({
  ...{ address: 'logGroup', verb: 'update', reason: 'retention days differ' },
  fields: [{ field: 'retention days', from, to: 30 }],
});
const creation: PlannedChange = {
  ...{ address: 'cluster', verb: 'create', reason: 'it does not exist' },
  fields: [{ field: 'container insights', from: null, to: 'disabled' }],
};

describe('a plan holds', () => {
  test('if the configuration, the images and what was found are the same', async () => {
    const [saved, now] = [
      await compared([retention(14), creation], ['vpc']),
      await compared([retention(14), creation], ['vpc']),
    ];
    expect(planDifferences(saved, now)).toEqual([]);
  });
});

describe('a plan holds no longer', () => {
  test.each<[string, PlannedChange[], string[], PlannedChange[], string[], string[]]>([
    [
      'a value that it changes',
      [retention(14)],
      [],
      [retention(7)],
      [],
      ['retention days of logGroup was 14, and is 7.'],
    ],
    [
      'a resource that it keeps',
      [creation],
      ['logGroup'],
      [creation, retention(7)],
      [],
      ['retention days of logGroup was 30, and is 7.'],
    ],
    [
      'a resource that it creates',
      [creation, retention(14)],
      [],
      [retention(14)],
      ['cluster'],
      ['cluster exists by now.'],
    ],
    [
      'a resource that is gone',
      [retention(14)],
      ['cluster'],
      [retention(14), creation],
      [],
      ['cluster no longer exists.'],
    ],
    [
      'everything that it changes',
      [retention(14)],
      [],
      [],
      ['logGroup'],
      ['Everything that the plan changes is as configured already.'],
    ],
  ])('because of %s', async (_what, before, keptBefore, after, keptAfter, sentences) => {
    expect(planDifferences(await compared(before, keptBefore), await compared(after, keptAfter))).toEqual(
      sentences,
    );
  });

  test('because of the configuration: its fields are named, and the resources that follow from it are not', async () => {
    const other = await savedConfiguration(config({ logRetentionDays: 30 }), SALT);
    const now = await compared([retention(14)], [], { configuration: other });
    expect(planDifferences(await compared([], ['logGroup']), now)).toEqual([
      'logRetentionDays in the configuration was 14, and is 30.',
    ]);
  });

  test('because of the source of an image, or of another account', async () => {
    const saved = await compared([creation]);
    expect(planDifferences(saved, { ...saved, images: { 'web/api1': 'sha256:b' } })).toEqual([
      'The source of web/api1 has changed: it gives another image.',
    ]);
    expect(planDifferences(saved, { ...saved, account: '000000000000' })).toEqual([
      'The plan is for the account 123456789012, and the credentials are of 000000000000.',
    ]);
  });

  test('because of an environment variable, whose value is neither saved nor shown', async () => {
    const saved = await savedConfiguration(withToken(SECRET), SALT);
    expect(JSON.stringify(saved)).not.toContain(SECRET);
    const now = await savedConfiguration(withToken('other'), SALT);
    expect(
      planDifferences(
        await compared([], [], { configuration: saved }),
        await compared([], [], { configuration: now }),
      ),
    ).toEqual(['The environment, a command or a build argument of web/api1 has changed.']);
  });
});

test('equal configurations have different digests in different plans', async () => {
  const [one, other] = [
    await savedConfiguration(withToken(SECRET)),
    await savedConfiguration(withToken(SECRET)),
  ];
  expect(one.fields).toEqual(other.fields);
  expect(one.hidden.digests['web/api1']).not.toBe(other.hidden.digests['web/api1']);
});

test('the problem lists at most twelve differences, and the command that plans again', () => {
  const sentences = Array.from({ length: 14 }, (_, index) => `${index} has changed.`);
  const { code, why, fix } = stalePlan('plan.json', 'web', sentences);
  expect(code).toBe('PLAN_CHANGED');
  expect(why.split('\n').slice(-2)).toEqual(['11 has changed.', 'and 2 more differences.']);
  expect(fix[0]).toBe('npm run deploy -- web --plan=plan.json, to plan again with what is there now');
  expect(stalePlan('a b', null, []).fix[0]).toMatch(/^npm run provision -- --plan='a b', /);
});
