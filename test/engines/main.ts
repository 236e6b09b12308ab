/** `npm run test:engines`: builds and runs programs of other languages with container engines, or reports what is not installed. */
import { existsSync } from 'node:fs';
import { canRun, runJest } from '../run-jest.ts';
import { PYTHON } from './base-image.ts';

const reasons = [
  ...(process.platform === 'linux' && process.getuid?.() === 0 ? [] : ['root on Linux is required']),
  ...(canRun('runc', '--version') ? [] : ['runc not found (apt-get install runc)']),
  ...(canRun('podman', '--version') ? [] : ['podman not found (apt-get install podman)']),
  ...(canRun('cc', '--version') ? [] : ['cc not found (apt-get install gcc libc6-dev)']),
  ...(existsSync(PYTHON) ? [] : [`${PYTHON} not found (apt-get install python3)`]),
];
if (reasons.length === 0) process.exitCode = runJest('test/engines');
else process.stdout.write(`skipped: ${reasons.join('; ')}\n`);
