// The confirmation of changes: when the user is asked, and what the question states.
import { describe, expect, test } from '@jest/globals';
import { isConfirmed, questionText, type Question } from '../../../../lib/run/confirm.ts';
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

test('the question states the changes, the target, the account, the region and the expected duration in one line', () => {
  expect(questionText(question)).toBe(
    'shop-dev on aws, account 123456789012, eu-west-1: 33 to create, 2 to replace, about 3 min. Type yes to continue: ',
  );
  expect(questionText({ ...question, duration: 20_000 })).toContain(', under a minute. ');
});

test('the question says when this machine has no record of the stack', () => {
  const unknownNote = 'This machine has no record of shop-dev, of which 30 resources exist';
  expect(questionText({ ...question, unknownNote })).toMatch(
    /about 3 min\. This machine has no record of shop-dev, of which 30 resources exist\. Type yes to continue: $/,
  );
});
