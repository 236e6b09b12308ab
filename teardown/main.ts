/** `npm run teardown`: takes the stack down and verifies that nothing is left. */
import { main } from '../lib/run/main.ts';
import { startTeardown } from './start.ts';

void main(
  'teardown',
  'Takes down the stack of slipway.config.ts and verifies that nothing is left.',
  startTeardown,
);
