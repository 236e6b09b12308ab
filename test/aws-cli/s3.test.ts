// The AWS CLI copies, lists, reads and removes objects in the sandbox.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { census } from '../../sandbox/census.ts';
import { startSandbox, type Sandbox } from '../../sandbox/sandbox.ts';
import { makeAws, REGION, type Aws } from './aws.ts';

const folder = mkdtempSync(join(tmpdir(), 'slipway-s3-'));
const BUCKET = 'cli-bucket';
const ADDRESS = ['--bucket', BUCKET];

let sandbox: Sandbox;
let aws: Aws;
beforeAll(async () => {
  sandbox = await startSandbox();
  aws = makeAws(sandbox.url);
});
afterAll(async () => {
  await sandbox.close();
  rmSync(folder, { recursive: true, force: true });
});

test('files are copied to a bucket and back, synchronised, and removed with the bucket', async () => {
  const location = `LocationConstraint=${REGION}`;
  await aws('s3api', 'create-bucket', ...ADDRESS, '--create-bucket-configuration', location);
  await aws('s3api', 'wait', 'bucket-exists', ...ADDRESS);
  const file = join(folder, 'one.txt');
  writeFileSync(file, 'hello');
  await aws('s3', 'cp', '--quiet', file, `s3://${BUCKET}/logs/one.txt`);
  await aws('s3', 'sync', '--quiet', folder, `s3://${BUCKET}/copy`);
  const listed = await aws('s3api', 'list-objects-v2', ...ADDRESS, '--query', 'Contents[].Key');
  expect(listed).toEqual(['copy/one.txt', 'logs/one.txt']);
  await aws('s3', 'cp', '--quiet', `s3://${BUCKET}/logs/one.txt`, join(folder, 'back.txt'));
  expect(readFileSync(join(folder, 'back.txt'), 'utf8')).toBe('hello');
  expect(await aws('s3api', 'head-object', ...ADDRESS, '--key', 'logs/one.txt')).toMatchObject({
    ContentLength: 5,
    ContentType: 'text/plain',
  });
  await expect(aws('s3', 'rb', `s3://${BUCKET}`)).rejects.toMatchObject({
    stderr: expect.stringContaining('BucketNotEmpty'),
  });
  await aws('s3', 'rm', '--quiet', '--recursive', `s3://${BUCKET}`);
  await aws('s3api', 'delete-bucket', ...ADDRESS);
  await aws('s3api', 'wait', 'bucket-not-exists', ...ADDRESS);
  expect(census(sandbox.world)).toEqual({});
});
