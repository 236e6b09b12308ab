/** `npm run teardown`: takes the stack down and makes sure that nothing is left. */
import { main } from '../lib/run/main.ts';
import { openSandbox } from '../sandbox/door.ts';
import { teardown } from './teardown.ts';

await main('teardown', 'Takes down the stack of slipway.config.ts, without a trace.', (running) =>
  teardown(running, openSandbox),
);
