/** `npm run init`: writes a configuration for the programs of a repository. */
import { main } from '../lib/run/main.ts';

void main(
  'init',
  'Finds the programs of this folder and writes slipway.config.ts, with the reason for each guess.',
  async (invocation) => (await import('./run.ts')).init(invocation),
);
