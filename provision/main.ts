/** `npm run provision`: stands the stack up, or brings it up to date with the configuration. */
import { startConfig } from '../lib/run/start-config.ts';
import { main } from '../lib/run/main.ts';
import { openSandbox } from '../sandbox/client.ts';

void main(
  'provision',
  'Stands up the stack of slipway.config.ts, or brings it up to date.',
  async (invocation) => {
    const started = await startConfig(invocation, { needsSources: true });
    // Loaded only here, so that `--help` and a misspelt flag do not load the AWS SDK.
    const { provision } = await import('./run.ts');
    return provision(invocation, { openSandbox, ...started });
  },
);
