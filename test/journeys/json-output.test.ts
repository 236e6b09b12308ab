// A script that uses --json gets one document on stdout in every case, with a matching exit code.
import { expect, test } from '@jest/globals';
import { httpRequest, machine } from './harness.ts';
import type { Outcome } from './command.ts';
import { tinyStack } from './tiny-stack.ts';

/** Parses all of stdout, which must be one JSON document. */
const documentOf = ({ stdout }: Outcome): Record<string, unknown> =>
  JSON.parse(stdout) as Record<string, unknown>;

test('--plan, provision, a failure and teardown each print one JSON document', async () => {
  const user = await machine();
  const { run, mutations, stateFiles } = user;
  await user.start('sandbox').outputs(/answers at/);
  const flags = [...tinyStack(user), '--json'];
  const commonFields = { version: 1, stack: 'tiny-dev', target: 'sandbox', region: 'eu-west-1' };

  const plan = await run('provision', ...flags, '--plan');
  expect(plan).toMatchObject({ code: 2, problem: undefined });
  const planDocument = documentOf(plan);
  expect(planDocument).toMatchObject({ ...commonFields, command: 'provision', ok: true });
  const { changes, counts } = planDocument['plan'] as {
    changes: { address: string; verb: string; reason: string; fields: object[] }[];
    counts: Record<string, number>;
  };
  expect(changes).toContainEqual(
    expect.objectContaining({ address: 'services.web', verb: 'create', reason: 'it does not exist' }),
  );
  expect(counts).toEqual({ create: changes.length, update: 0, replace: 0, remove: 0, keep: 0 });
  // Values of variables may be secrets, so the plan shows only their names.
  expect(changes.find(({ address }) => address === 'taskDefinitions.web')?.fields).toContainEqual({
    field: 'app.environment.PORT',
  });
  expect(await mutations()).toEqual([]);
  expect(stateFiles()).toEqual([]);

  const up = await run('provision', ...flags);
  expect(up).toMatchObject({ code: 0, problem: undefined });
  const provisionDocument = documentOf(up);
  expect(provisionDocument).toMatchObject({
    ...commonFields,
    command: 'provision',
    ok: true,
    counts: { create: changes.length },
  });
  expect(Object.keys(provisionDocument['resources'] as object).sort()).toEqual(
    changes.map(({ address }) => address).sort(),
  );
  expect(await httpRequest(`${String(provisionDocument['url'])}/app`)).toMatchObject({ status: 200 });

  const failedRun = await run('provision', ...flags, '--config', 'nowhere.ts');
  expect(failedRun.code).toBe(1);
  expect(documentOf(failedRun)).toEqual({
    version: 1,
    command: 'provision',
    ok: false,
    problem: failedRun.problem,
  });

  const down = await run('teardown', ...flags, '--events');
  expect(down.code).toBe(0);
  const lines = down.stdout.trimEnd().split('\n');
  const events = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(events.pop()).toMatchObject({
    ...{ ...commonFields, type: 'result' },
    ...{ command: 'teardown', ok: true, left: 0 },
  });
  expect(new Set(events.map(({ type }) => type))).toEqual(
    new Set(['activity', 'phase', 'steps', 'resource', 'note']),
  );
  expect(events).toContainEqual(
    expect.objectContaining({
      ...{ type: 'resource', noun: 'services', key: 'web', status: 'removed' },
      ...{ at: expect.stringMatching(/^\d{4}-.*Z$/), elapsed: expect.any(Number) },
    }),
  );
}, 120_000);
