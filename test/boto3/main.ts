/** `npm run test:boto3`: runs the tests that use boto3, or reports that boto3 is not installed. */
import { canRun, runJest } from '../run-jest.ts';

if (canRun('python3', '-c', 'import boto3')) process.exitCode = runJest('test/boto3');
else process.stdout.write('skipped: boto3 not found (pip install boto3)\n');
