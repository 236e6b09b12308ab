/** `npm run teardown`: takes the stack down and makes sure that nothing is left. */
import { main } from '../lib/run/main.ts';
import { openSandbox } from '../sandbox/door.ts';

await main('teardown', 'Takes down the stack of slipway.config.ts, without a trace.', async (running) => {
  // Loaded when there is something to do: `--help` and a misspelt flag are answered without the AWS SDK.
  const { teardown } = await import('./teardown.ts');
  return teardown(running, { openSandbox });
});
