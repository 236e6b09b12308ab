// Splitting lists into batches.
import { expect, test } from '@jest/globals';
import { batchesOf } from '../../../../lib/aws/batches.ts';

test.each([
  [[], 2, []],
  [[1], 2, [[1]]],
  [[1, 2], 2, [[1, 2]]],
  [[1, 2, 3], 2, [[1, 2], [3]]],
])('%j in batches of at most %i', (all, max, batches) => {
  expect(batchesOf(all, max)).toEqual(batches);
});
