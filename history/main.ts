/** `npm run history`: lists the revisions of each service, and how their deployments ended. */
import { startConfig } from '../lib/run/start-config.ts';
import { main } from '../lib/run/main.ts';
import { openSandbox } from '../sandbox/client.ts';

void main(
  'history',
  'Lists the deployments of each service, the newest first, and changes nothing.',
  async (invocation) => {
    const { config } = await startConfig(invocation, { needsSources: false });
    // Loaded only here, so that `--help` and a misspelt flag do not load the AWS SDK.
    const { history } = await import('./run.ts');
    return history(invocation, { openSandbox, config });
  },
);
