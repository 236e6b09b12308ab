/** `npm run rollback`: restores an earlier revision of a service. */
import { startConfig } from '../lib/run/start-config.ts';
import { main } from '../lib/run/main.ts';
import { openSandbox } from '../sandbox/client.ts';

void main(
  'rollback',
  'Restores an earlier revision of a service: by default, the last successful one before the one in service.',
  async (invocation) => {
    // A rollback does not need the source folders, so they may be gone.
    const { config } = await startConfig(invocation, { needsSources: false });
    // Loaded only here, so that `--help` and a misspelt flag do not load the AWS SDK.
    const { rollback } = await import('./run.ts');
    return rollback(invocation, { openSandbox, config });
  },
);
