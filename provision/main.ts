/** `npm run provision`: brings the stack up to date with the configuration. Also `npm run drift` and `npm run deploy`. */
import { main } from '../lib/run/main.ts';
import { startProvision } from './start.ts';

const [command, purpose] = process.argv.includes('--drift')
  ? (['drift', 'Lists how the stack differs from slipway.config.ts, and changes nothing.'] as const)
  : process.argv.includes('--deploy')
    ? ([
        'deploy',
        'Provisions one service only, with everything that it needs. Other services are neither built nor changed.',
      ] as const)
    : (['provision', 'Stands up the stack of slipway.config.ts, or brings it up to date.'] as const);

void main(command, purpose, startProvision);
