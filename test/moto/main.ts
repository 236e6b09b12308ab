/** `npm run test:moto`: the journey against moto, where it is installed; says so where it is not. */
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
