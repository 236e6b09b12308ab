/** `npm run test:skopeo`: copies images with skopeo, or reports that skopeo is not installed. */
import { canRun, runJest } from '../run-jest.ts';

if (canRun('skopeo', '--version')) process.exitCode = runJest('test/skopeo');
else process.stdout.write('skipped: skopeo not found (apt-get install skopeo)\n');
