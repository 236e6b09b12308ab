// The types of a configuration catch mistakes while a user writes it.
import { expect, test } from '@jest/globals';
import { defineStack } from '../../../../lib/config/define.ts';
import { validStack } from './support.ts';

test('a stack is returned unchanged, and so is a function', () => {
  const stack = validStack();
  const make = () => stack;
  expect(defineStack(stack)).toBe(stack);
  expect(defineStack(make)).toBe(make);
});

test('the compiler checks the fields', () => {
  const base = { name: 'store', region: 'eu-west-1' };
  const stacks = [
    defineStack(({ stage, target }) => ({ ...base, tags: { stage, target }, services: {} })),
    // @ts-expect-error a container has no field of this name
    defineStack({ ...base, services: { shop: { containers: { api: { prot: 5000 } } } } }),
    // @ts-expect-error environment variables are strings
    defineStack({ ...base, services: { shop: { containers: { api: { environment: { A: 5 } } } } } }),
    // @ts-expect-error CloudWatch Logs does not allow ten days
    defineStack({ ...base, logRetentionDays: 10, services: {} }),
    // @ts-expect-error a stack must have services
    defineStack(base),
  ];
  expect(stacks).toHaveLength(5);
});
