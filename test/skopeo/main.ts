/** `npm run test:skopeo`: copies images with skopeo, or reports that skopeo is not installed. */
import { spawnSync } from 'node:child_process';

if (spawnSync('skopeo', ['--version'], { stdio: 'ignore' }).status === 0) {
  const jest = new URL('../../node_modules/jest/bin/jest.js', import.meta.url).pathname;
  const { status } = spawnSync(
    process.execPath,
    [jest, '--config', 'test/skopeo/jest.config.js', ...process.argv.slice(2)],
    { stdio: 'inherit' },
  );
  process.exitCode = status ?? 1;
} else {
  process.stdout.write('skipped: skopeo not found (apt-get install skopeo)\n');
}
