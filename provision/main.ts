/** `npm run provision`: stands the stack up, or brings it to what the configuration says. */
import { startConfig } from '../lib/run/start-config.ts';
import { main } from '../lib/run/main.ts';
import { openSandbox } from '../sandbox/client.ts';

void main(
  'provision',
  'Stands up the stack of slipway.config.ts, or brings it up to date.',
  async (running) => {
    const begun = await startConfig(running);
    // Loaded when there is something to do: `--help` and a misspelt flag are answered without the AWS SDK.
    const { provision } = await import('./run.ts');
    return provision(running, { openSandbox, ...begun });
  },
);
