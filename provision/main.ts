/** `npm run provision`: brings the stack up to date with the configuration. Also `npm run drift` and `npm run deploy`. */
import { startConfig } from '../lib/run/start-config.ts';
import { main } from '../lib/run/main.ts';
import { openSandbox } from '../sandbox/client.ts';

const [command, purpose] = process.argv.includes('--drift')
  ? (['drift', 'Lists how the stack differs from slipway.config.ts, and changes nothing.'] as const)
  : process.argv.includes('--deploy')
    ? ([
        'deploy',
        'Provisions one service only, with everything that it needs. Other services are neither built nor changed.',
      ] as const)
    : (['provision', 'Stands up the stack of slipway.config.ts, or brings it up to date.'] as const);

void main(command, purpose, async (invocation) => {
  const { config } = await startConfig(invocation, { needsSources: true });
  // Loaded only here, so that `--help` and a misspelt flag do not load the AWS SDK.
  const { provision } = await import('./run.ts');
  return provision(invocation, { openSandbox, config });
});
