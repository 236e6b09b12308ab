// The catalogue listens on port 6000, which browsers and `fetch` refuse.
import { expect, test } from '@jest/globals';
import { httpCatalogue } from '../src/catalogue.ts';
import type { Problem } from '../src/problem.ts';

test('requests can be sent to port 6000', async () => {
  const refused = (await httpCatalogue('http://127.0.0.1:6000', 500)
    .find(['p1'], 'request-1')
    .catch((error: unknown) => error)) as Problem;
  expect(String(refused.cause)).not.toContain('bad port');
});
