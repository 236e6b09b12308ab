/** `npm run test:skopeo`: copies images with skopeo and other tools of Debian, or reports which of them are not installed. */
import { canRun, runJest } from '../run-jest.ts';

/** The tools that only the tests of layered images need. */
const MORE_TOOLS = ['docker-registry', 'umoci'];

if (canRun('skopeo', '--version')) {
  const missing = MORE_TOOLS.filter((tool) => !canRun(tool, '--version'));
  if (missing.length > 0) {
    const install = `apt-get install ${missing.join(' ')}`;
    process.stdout.write(`skipped: layers.test.ts, ${missing.join(' and ')} not found (${install})\n`);
  }
  process.exitCode = runJest('test/skopeo', missing.length > 0 ? ['--testPathIgnorePatterns', 'layers'] : []);
} else process.stdout.write('skipped: skopeo not found (apt-get install skopeo)\n');
