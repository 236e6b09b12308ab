/** `npm run teardown`: takes the stack down and makes sure that nothing is left. */
import { startConfig } from '../lib/run/start-config.ts';
import { main } from '../lib/run/main.ts';
import { openSandbox } from '../sandbox/client.ts';

void main('teardown', 'Takes down the stack of slipway.config.ts, without a trace.', async (running) => {
  const begun = await startConfig(running);
  // Loaded when there is something to do: `--help` and a misspelt flag are answered without the AWS SDK.
  const { teardown } = await import('./run.ts');
  return teardown(running, { openSandbox, ...begun });
});
