// The file of a saved plan: what is read from it, what is refused, and what it may replace.
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import {
  parsePlan,
  planDigest,
  withDigest,
  type SavedPlan,
} from '../../../../../lib/run/saved-plan/format.ts';
import { optionsOfPlan } from '../../../../../lib/run/saved-plan/options.ts';
import { checkPlanOutput, readPlanFile, writePlanFile } from '../../../../../lib/run/saved-plan/plan-file.ts';
import { useFolder } from '../../state/folder.ts';

const path = useFolder();
const SECRET = 'hunter2hunter2';
const options = {
  ...{ stage: 'qa', config: 'shop.ts', service: null, builder: null },
  ...{ adopt: ['logGroup'], adoptStack: false, wait: true },
};
const plan: SavedPlan = withDigest({
  slipwayPlan: 1,
  ...{ stack: 'shop-qa', target: 'aws', region: 'eu-west-1', account: '123456789012' },
  ...{ createdAt: '2026-12-01T00:00:00.000Z', options, images: {} },
  configuration: { fields: {}, hidden: { salt: 'a', digests: {} } },
  plan: { changes: [], kept: [], counts: { create: 0, update: 0, replace: 0, remove: 0, keep: 0 } },
});
const written = (name: string, content: string): string => {
  writeFileSync(path(name), content);
  return path(name);
};

describe('a saved plan', () => {
  test('is read as it was written, and only its owner may read the file', async () => {
    await writePlanFile(path('plan.json'), plan);
    expect(await readPlanFile(path('plan.json'))).toEqual(plan);
    expect(statSync(path('plan.json')).mode & 0o777).toBe(0o600);
  });

  test('does not depend on the order of its fields', () => {
    const reversed = Object.fromEntries(Object.entries(plan).reverse()) as unknown as SavedPlan;
    expect(planDigest(reversed)).toBe(plan.digest);
  });

  test('determines the options of the run', async () => {
    await writePlanFile(path('plan.json'), plan);
    expect(await optionsOfPlan(path('plan.json'), { stage: 'qa', json: true })).toEqual({
      ...{
        stage: 'qa',
        target: 'aws',
        config: 'shop.ts',
        adopt: ['logGroup'],
        adoptStack: false,
        wait: true,
      },
      ...{ deploy: false, savedPlan: { file: path('plan.json'), plan } },
    });
    await expect(optionsOfPlan(path('plan.json'), { stage: 'prod' })).rejects.toMatchObject({
      code: 'PLAN_FILE',
      why: "Its stage is qa, and this run's is prod.",
    });
  });
});

describe('refused, without a word of its content, is', () => {
  test.each([
    ['a file that is no JSON', `TOKEN=${SECRET}`, 'It is not a plan that --plan=FILE has saved.'],
    ['another JSON document', JSON.stringify({ SECRET }), 'It is not a plan that --plan=FILE has saved.'],
    [
      'a plan in another format',
      JSON.stringify({ ...plan, slipwayPlan: 2 }),
      'Another version of Slipway has saved it, in another format.',
    ],
    [
      'an edited plan',
      JSON.stringify({ ...plan, account: SECRET }),
      'It has been edited, or only a part of it was copied: its digest does not match its content.',
    ],
  ])('%s', async (_what, content, why) => {
    const failure = await readPlanFile(written('file', content)).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'PLAN_FILE', why, now: 'Nothing was changed.' });
    expect(JSON.stringify(failure)).not.toContain(SECRET);
  });

  test('a missing file, and a folder', async () => {
    await expect(readPlanFile(path('nowhere'))).rejects.toMatchObject({ why: 'The file does not exist.' });
    mkdirSync(path('folder'));
    await expect(readPlanFile(path('folder'))).rejects.toMatchObject({ code: 'PLAN_FILE' });
  });

  test('truncated JSON', () => {
    expect(parsePlan(JSON.stringify(plan).slice(0, -5))).toBe('not a plan');
  });
});

describe('a plan may be saved', () => {
  test('in a new file, and in the place of an older plan', async () => {
    await checkPlanOutput(path('new.json'));
    await writePlanFile(path('new.json'), plan);
    await checkPlanOutput(path('new.json'));
  });

  test('not in the place of anything else, nor in a folder that does not exist', async () => {
    const file = written('.env', `TOKEN=${SECRET}`);
    await expect(checkPlanOutput(file)).rejects.toMatchObject({ code: 'PLAN_FILE' });
    expect(readFileSync(file, 'utf8')).toBe(`TOKEN=${SECRET}`);
    await expect(checkPlanOutput(written('empty', ''))).rejects.toMatchObject({ code: 'PLAN_FILE' });
    await expect(checkPlanOutput(path('nowhere/plan.json'))).rejects.toMatchObject({
      why: 'Its folder does not exist.',
    });
  });
});
