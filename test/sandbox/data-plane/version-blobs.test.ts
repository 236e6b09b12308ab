// Blobs of intercepting versions: parts become a file if they are complete, and never more than the limit.
import { createHash, randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { VersionBlobs } from '../../../sandbox/data-plane/version-blobs.ts';

let parent = '';
let folder = '';
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'slipway-blobs-'));
  folder = join(parent, 'blobs');
});
afterEach(() => rmSync(parent, { recursive: true, force: true }));

const digestOf = (text: string) => `sha256:${createHash('sha256').update(text).digest('hex')}`;
const files = () => readdirSync(folder);
/** Sends a string in one part. */
const send = (blobs: VersionBlobs, text: string, digest = digestOf(text)) =>
  blobs.receive({ upload: randomUUID(), offset: 0, bytes: Buffer.from(text), digest });

test('parts become one blob', async () => {
  const blobs = new VersionBlobs(folder);
  const upload = randomUUID();
  const whole = digestOf('abcdef');
  await blobs.receive({ upload, offset: 0, bytes: Buffer.from('abc'), digest: undefined });
  expect(blobs.has(whole)).toBe(false);
  await blobs.receive({ upload, offset: 3, bytes: Buffer.from('def'), digest: whole });
  expect(Buffer.from(blobs.read(whole)).toString()).toBe('abcdef');
  expect(files()).toEqual([whole.slice(7)]);
});

test('a missing part, another digest and a name that leads elsewhere are refused, and nothing is left', async () => {
  const blobs = new VersionBlobs(folder);
  const part = { upload: randomUUID(), offset: 3, bytes: Buffer.from('def'), digest: undefined };
  await expect(blobs.receive(part)).rejects.toThrow('The blob has 0 bytes, not 3.');
  await expect(send(blobs, 'abc', digestOf('other'))).rejects.toThrow('The blob has the digest');
  await expect(blobs.receive({ ...part, upload: '../../outside' })).rejects.toThrow('is invalid');
  expect(() => blobs.read('../../outside')).toThrow('is not a digest');
  expect(files()).toEqual([]);
});

test('all blobs together have a limit', async () => {
  const blobs = new VersionBlobs(folder, 8);
  await send(blobs, 'abcde');
  await expect(send(blobs, 'fghi')).rejects.toThrow('more than');
  await send(blobs, 'fgh');
  expect(files()).toHaveLength(2);
});

test('a blob stays as long as the newest version of a service needs it, or the next one', async () => {
  const blobs = new VersionBlobs(folder);
  for (const text of ['a', 'b', 'c']) await send(blobs, text);
  blobs.keep('arn:1', [digestOf('a')]);
  blobs.keep('arn:2', [digestOf('b')]);
  await blobs.removeUnused();
  expect(['a', 'b', 'c'].map((text) => blobs.has(digestOf(text)))).toEqual([true, true, false]);
  blobs.keep('arn:1', [digestOf('b')]);
  await blobs.removeUnused();
  expect(['a', 'b'].map((text) => blobs.has(digestOf(text)))).toEqual([false, true]);
  await blobs.remove();
  expect(readdirSync(parent)).toEqual([]);
});
