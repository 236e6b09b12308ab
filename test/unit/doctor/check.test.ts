// The checks of the doctor run concurrently, each with a deadline, and each fails alone.
import { expect, test } from '@jest/globals';
import { NeedsOther, ok, runChecks, warning, type Check } from '../../../doctor/check.ts';
import { treeText } from '../../../doctor/tree.ts';
import { problem } from '../../../lib/model/problem.ts';
import type { DoctorCheck } from '../../../lib/run/doctor-results.ts';
import { awsError } from '../errors.ts';

const runUntil = (signal: AbortSignal, ...checks: Check['run'][]) =>
  runChecks(
    checks.map((one, index) => ({ group: 'machine', name: `check ${index}`, run: one })),
    {
      situation: { doing: 'a check', region: 'eu-west-1', command: 'npm run doctor', mayHaveChanged: false },
      signal,
      redact: (text) => text.replaceAll('hunter2', '•••'),
      deadlineMs: 20,
    },
  );
const run = (...checks: Check['run'][]) => runUntil(new AbortController().signal, ...checks);
const failing = (error: unknown) => async (): Promise<never> => {
  throw error;
};

test('the outcomes keep the order of the checks, and a check may have several', async () => {
  const verdicts = [ok('one'), { ...ok('two'), name: 'part' }];
  expect(
    await run(
      async () => verdicts,
      async () => ok('three'),
    ),
  ).toEqual([
    { group: 'machine', name: 'check 0', state: 'ok', text: 'one', fix: [] },
    { group: 'machine', name: 'part', state: 'ok', text: 'two', fix: [] },
    { group: 'machine', name: 'check 1', state: 'ok', text: 'three', fix: [] },
  ]);
});

test.each<[string, unknown, Partial<DoctorCheck>]>([
  [
    'a problem says NO, with its fix',
    problem('ZONE', { what: 'No zone.', why: 'It is gone.', now: '', fix: ['Make one.'] }),
    { state: 'no', text: 'No zone. It is gone.', fix: ['Make one.'] },
  ],
  [
    'a missing fact skips',
    new NeedsOther('needs credentials'),
    { state: 'skipped', text: 'needs credentials' },
  ],
  [
    'a missing permission to look skips',
    awsError('AccessDenied', 'no ec2:DescribeVpcs', 403),
    { state: 'skipped', text: 'the caller may not look it up: no ec2:DescribeVpcs' },
  ],
  ['an operation that an endpoint lacks skips', awsError('NotImplemented', 'no', 501), { state: 'skipped' }],
  [
    'expired credentials say NO',
    awsError('ExpiredToken', 'The token has expired', 403),
    { state: 'no', text: expect.stringMatching(/does not accept the credentials/) as never },
  ],
])('%s, and other checks go on', async (_case, error, outcome) => {
  const [first, second] = await run(failing(error), async () => ok('fine'));
  expect(first).toMatchObject(outcome);
  expect(second).toMatchObject({ state: 'ok' });
});

test('a check that never ends says NO after its deadline', async () => {
  const [outcome] = await run(() => new Promise(() => undefined));
  expect(outcome).toMatchObject({
    state: 'no',
    text: expect.stringMatching(/^There was no answer within 0\.02 s\.$/),
  });
});

test('secrets in the words of others are hidden', async () => {
  const outcomes = await run(failing(awsError('Odd', 'the key hunter2')), async () =>
    warning('hunter2', 'hunter2'),
  );
  expect(JSON.stringify(outcomes)).not.toContain('hunter2');
});

test('an interruption ends all checks', async () => {
  const controller = new AbortController();
  const running = runUntil(controller.signal, () => new Promise(() => undefined));
  controller.abort(new Error('stop'));
  await expect(running).rejects.toThrow('stop');
  await expect(runUntil(controller.signal, () => new Promise(() => undefined))).rejects.toThrow('stop');
});

test('the tree has words for the states, and lines up', () => {
  const check = (fields: Partial<DoctorCheck>): DoctorCheck => ({
    ...{ group: 'machine', name: 'node', state: 'ok', text: 'v20', fix: [] },
    ...fields,
  });
  const checks = [
    check({}),
    check({ name: 'clock', state: 'no', text: 'wrong\nvery', fix: ['Set it.'] }),
    check({ group: 'account', name: 'quotas', state: 'warning', text: 'few' }),
    check({ group: 'account', state: 'skipped', text: 'why' }),
  ];
  expect(treeText({ checks, counts: { ok: 1, no: 1, warning: 1, skipped: 1 } })).toBe(
    [
      'machine',
      '  OK       node    v20',
      '  NO       clock   wrong',
      '                   very',
      '                   -> Set it.',
      'account',
      '  warning  quotas  few',
      '  skipped  node    why',
      '',
      '1 OK, 1 NO, 1 warning, 1 skipped',
    ].join('\n'),
  );
});
