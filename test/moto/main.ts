/** `npm run test:moto`: runs the tests against moto, or reports that moto is not installed. */
import { hasMoto } from '../../bench/moto.ts';
import { runJest } from '../run-jest.ts';

if (hasMoto()) process.exitCode = runJest('test/moto');
else process.stdout.write("skipped: moto_server not found (pip install 'moto[server]')\n");
