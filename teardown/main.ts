/** `npm run teardown`: takes the stack down and verifies that nothing is left. */
import { startConfig } from '../lib/run/start-config.ts';
import { main } from '../lib/run/main.ts';
import { openSandbox } from '../sandbox/client.ts';

void main(
  'teardown',
  'Takes down the stack of slipway.config.ts and verifies that nothing is left.',
  async (invocation) => {
    // A teardown does not need the source folders, so they and their entry points may be gone.
    const { config } = await startConfig(invocation, { needsSources: false });
    // Loaded only here, so that `--help` and a misspelt flag do not load the AWS SDK.
    const { teardown } = await import('./run.ts');
    return teardown(invocation, { openSandbox, config });
  },
);
