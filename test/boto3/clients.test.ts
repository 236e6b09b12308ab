// boto3's clients, resources, waiters and paginators work on the sandbox, and leave nothing behind.
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { census } from '../../sandbox/census.ts';
import { startSandbox, type Sandbox } from '../../sandbox/sandbox.ts';
import { runPythonTests } from './python.ts';

const PACE = 300;
const SUCCESS = { code: 0, failures: '' };

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await startSandbox({ pace: PACE });
});
afterEach(() => sandbox.close());

test.each([
  ['every waiter ends while the architecture is built and removed', 'waiters'],
  ['every paginator returns, page by page, what one call returns', 'paginators'],
  ['resource objects wrap the calls of the clients', 'resources'],
  ['tags are added, read, replaced and removed in every service', 'tags'],
  ['rules keep their conditions and transforms', 'rules'],
  ['refusals have the codes, statuses and request ids of AWS', 'errors'],
])('%s', async (_title, module) => {
  expect(await runPythonTests(sandbox, module)).toEqual(SUCCESS);
  expect(census(sandbox.world)).toEqual({});
});
