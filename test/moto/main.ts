/** `npm run test:moto`: runs the tests against moto, or reports that moto is not installed. */
import { spawnSync } from 'node:child_process';
import { hasMoto } from '../../bench/moto.ts';

if (hasMoto()) {
  const jest = new URL('../../node_modules/jest/bin/jest.js', import.meta.url).pathname;
  const { status } = spawnSync(
    process.execPath,
    [jest, '--config', 'test/moto/jest.config.js', ...process.argv.slice(2)],
    {
      stdio: 'inherit',
    },
  );
  process.exitCode = status ?? 1;
} else {
  process.stdout.write("skipped: moto_server not found (pip install 'moto[server]')\n");
}
