/** `npm run test:install`: packs the package, and uses it in projects that install it. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { runJest } from '../run-jest.ts';
import { TARBALL_VARIABLE } from './tarball.ts';

const folder = mkdtempSync(join(tmpdir(), 'slipway-pack-'));
try {
  execFileSync('npm', ['pack', '--silent', '--pack-destination', folder], {
    cwd: resolve(import.meta.dirname, '../..'),
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [tarball = ''] = readdirSync(folder);
  process.env[TARBALL_VARIABLE] = join(folder, tarball);
  process.exitCode = runJest('test/install');
} finally {
  rmSync(folder, { recursive: true, force: true });
}
