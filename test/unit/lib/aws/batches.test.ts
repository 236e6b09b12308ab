// Lists in parts of so many at most.
import { expect, test } from '@jest/globals';
import { batchesOf } from '../../../../lib/aws/batches.ts';

test.each([
  [[], 2, []],
  [[1], 2, [[1]]],
  [[1, 2], 2, [[1, 2]]],
  [[1, 2, 3], 2, [[1, 2], [3]]],
])('%j in parts of %i', (all, most, parts) => {
  expect(batchesOf(all, most)).toEqual(parts);
});
