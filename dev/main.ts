/** `npm run dev`: serves every change of a source on the sandbox, as soon as it is saved. */
import { startConfig } from '../lib/run/start-config.ts';
import { main } from '../lib/run/main.ts';
import { findSandbox, openSandbox } from '../sandbox/client.ts';

void main(
  'dev',
  'Watches the sources of slipway.config.ts, and serves every change on the sandbox until q is pressed.',
  async (invocation) => {
    const { config } = await startConfig(invocation, { needsSources: true });
    // Loaded only here, so that `--help` and a misspelt flag do not load the AWS SDK.
    const { dev } = await import('./run.ts');
    return dev(invocation, { findSandbox, openSandbox, config, input: process.stdin });
  },
);
