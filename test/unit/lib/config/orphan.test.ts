// The process of a configuration ends with the run that started it, whatever the configuration does.
import { resolve } from 'node:path';
import { test } from '@jest/globals';
import { BUSY_PROGRAMS, expectNoOrphan } from '../../orphan.ts';

/** A run that only loads a configuration. */
const RUN = `
  import { runModule } from ${JSON.stringify(resolve('lib/config/run-module.ts'))};
  const { argv: [, , file] } = process;
  await runModule(file, { context: { stage: 'dev', target: 'sandbox' }, timeoutMs: 60_000 });`;

test.each(BUSY_PROGRAMS)(
  'when a run is killed while its configuration %s, no process is left',
  async (_, busy) => {
    const statements = `${busy} await new Promise(() => undefined);`;
    await expectNoOrphan(RUN, { file: 'slipway.config.ts', statements });
  },
);
