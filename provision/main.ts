/** `npm run provision`: stands the stack up, or brings it to what the configuration says. */
import { main } from '../lib/run/main.ts';
import { openSandbox } from '../sandbox/door.ts';
import { provision } from './provision.ts';

await main('provision', 'Stands up the stack of slipway.config.ts, or brings it up to date.', (running) =>
  provision(running, openSandbox),
);
