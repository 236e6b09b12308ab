// Any contents of slipway.config.ts lead to a valid configuration or a problem; nothing hangs, and no file is left.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { bundleModule } from '../../../lib/config/bundle.ts';
import { loadConfig } from '../../../lib/config/load.ts';
import { ROOT } from '../../house/files.ts';
import { newFolder } from '../../program.ts';
import { reportCount, FEW_RUNS, applyByteEdits, arbitraryByteEdits } from './mutations.ts';
import { expectProblem } from './expect-problem.ts';

reportCount('configuration files', 2 * FEW_RUNS);

const folder = newFolder();
for (const api of ['api1', 'api2']) {
  mkdirSync(join(folder, 'services', api), { recursive: true });
  writeFileSync(join(folder, 'services', api, 'main.ts'), '');
}
/** The example configuration. */
const TEXT = readFileSync(join(ROOT, 'slipway.config.ts'), 'utf8').replace('./lib/', `${ROOT}/lib/`);
/** Plausible and absurd strings to insert. */
const INSERTS = [
  ...[
    '{',
    '}',
    '(',
    ')',
    ',',
    ';',
    "'",
    '`',
    '/*',
    '//',
    '...',
    '=>',
    'async ',
    'await ',
    'export default {};',
  ],
  ...[
    'process.exit(),',
    '...process.env,',
    'name: undefined,',
    'get name() { throw 1; },',
    'this.x.y,',
    '1n,',
  ],
  ...[
    '(() => { throw new Error(); })(),',
    'new Proxy({}, {}),',
    'services: () => ({}),',
    'import "./nothing";',
  ],
];

/** The maximum milliseconds that a configuration may take to load: ten times what a slow machine needs. */
const LOAD_DEADLINE_MS = 30_000;

let fileCount = 0;
async function expectLoadedOrRefused(bytes: Uint8Array): Promise<void> {
  const file = join(folder, `${(fileCount += 1)}.config.ts`);
  writeFileSync(file, bytes);
  try {
    // Most inputs do not compile. Each load starts a process, so only some of the inputs that do not compile are loaded.
    const compiles = await bundleModule(file).then(
      () => true,
      (error: unknown) => {
        expect(error).toBeInstanceOf(SyntaxError);
        expect((error as SyntaxError).message).toMatch(/\S/);
        return false;
      },
    );
    if (compiles || bytes.length % 16 === 0)
      await loadConfig({ file, stage: 'dev', target: 'sandbox', timeoutMs: LOAD_DEADLINE_MS });
  } catch (error) {
    expectProblem(error, ['CONFIG_LOAD', 'CONFIG_INVALID']);
  } finally {
    rmSync(file);
  }
}

test('a configuration file with random edits to its bytes is either loaded or refused with a problem', async () => {
  await fc.assert(
    fc.asyncProperty(arbitraryByteEdits(INSERTS), async (edits) =>
      expectLoadedOrRefused(applyByteEdits(Buffer.from(TEXT), edits)),
    ),
    { numRuns: FEW_RUNS },
  );
  expect(readdirSync(folder)).toEqual(['services']);
}, 7_200_000);

test('a configuration file of arbitrary strings or bytes is either loaded or refused with a problem', async () => {
  const arbitraryBytes = fc.oneof(
    fc.uint8Array({ maxLength: 100 }),
    fc.string({ unit: 'binary', maxLength: 100 }).map((text) => Buffer.from(text)),
    fc
      .array(fc.constantFrom(...INSERTS, 'export default ', TEXT), { maxLength: 6 })
      .map((parts) => Buffer.from(parts.join(' '))),
  );
  await fc.assert(fc.asyncProperty(arbitraryBytes, expectLoadedOrRefused), { numRuns: FEW_RUNS });
}, 7_200_000);
