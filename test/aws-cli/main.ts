/** `npm run test:aws-cli`: runs the tests that use the AWS CLI, or reports that it is not installed. */
import { canRun, runJest } from '../run-jest.ts';

if (canRun('aws', '--version')) process.exitCode = runJest('test/aws-cli');
else process.stdout.write('skipped: aws not found (https://aws.amazon.com/cli/)\n');
