/** `npm run test:browser`: opens the page in Chromium, or reports that Chromium is not installed. */
import { canRun, runJest } from '../run-jest.ts';
import { CHROMIUM } from './chromium.ts';

if (canRun(CHROMIUM, '--version')) process.exitCode = runJest('test/browser');
else process.stdout.write('skipped: chromium not found (apt-get install chromium)\n');
