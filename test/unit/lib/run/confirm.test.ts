// The confirmation of changes: when the user is asked, and what the question states.
import { describe, expect, test } from '@jest/globals';
import { factLines, isConfirmed, type Question } from '../../../../lib/run/confirm.ts';
import { defaultOptions } from '../../engine-harness.ts';

const question: Question = {
  command: 'provision',
  stack: 'shop-dev',
  account: '123456789012',
  region: 'eu-west-1',
  counts: '33 to create, 2 to replace',
  duration: 200_000,
  unknownNote: undefined,
};
const confirm = (options: object, interactive = false) =>
  isConfirmed(
    {
      options: { ...defaultOptions, ...options },
      interactive,
      report: () => undefined,
      signal: new AbortController().signal,
    },
    question,
  );

describe('no question is asked', () => {
  test('on the sandbox, even at a terminal', async () => {
    expect(await confirm({ target: 'sandbox' })).toBe(true);
    expect(await confirm({ target: 'sandbox' }, true)).toBe(true);
  });

  test('with --yes', async () => {
    expect(await confirm({ target: 'aws', yes: true })).toBe(true);
  });

  test('without a terminal: the run is refused', async () => {
    await expect(confirm({ target: 'aws' })).rejects.toMatchObject({ code: 'CONFIRMATION' });
  });
});

describe('right above the question', () => {
  test('are the target, the account, the region, the changes and the expected duration', () => {
    expect(factLines(question)).toEqual([
      '',
      'shop-dev on aws, account 123456789012, eu-west-1: 33 to create, 2 to replace, about 3 min',
    ]);
    expect(factLines({ ...question, duration: 20_000 })[1]).toMatch(/, under a minute$/);
  });

  test('are the interruptions, the cost, and whether this machine has a record of the stack', () => {
    const harm = ['load balancer: requests fail'];
    const unknownNote = 'This machine has no record of shop-dev, of which 30 resources exist';
    const cost = 'about $74 per month ($0.101 per hour)';
    expect(factLines({ ...question, harm, cost, unknownNote }).slice(2)).toEqual([
      '  ! load balancer: requests fail',
      '  costs about $74 per month ($0.101 per hour)',
      `  ${unknownNote}`,
    ]);
  });

  test('are at most five interruptions: the others are in the plan above', () => {
    const harm = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    expect(factLines({ ...question, harm }).slice(6)).toEqual(['  ! e', '  ! and 2 more, as listed above']);
  });
});
