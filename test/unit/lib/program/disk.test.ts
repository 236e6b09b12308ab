// Files and folders that are replaced while a program is packaged, and files that would block the process.
import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  checkUnchanged,
  list,
  listFolder,
  readListed,
  readListedText,
  type Listed,
} from '../../../../lib/program/disk.ts';
import { SizeLimit } from '../../../../lib/program/size-limit.ts';

let root = '';
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'slipway-disk-')));
  mkdirSync(at('app/sub'), { recursive: true });
  mkdirSync(at('secret'));
  writeFileSync(at('app/sub/file'), 'program');
  writeFileSync(at('secret/file'), 'private');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const at = (path: string): string => join(root, path);
const listed = (path: string): Listed => {
  const found = list(at(path));
  if (!found) throw new Error(`${path} is not listed`);
  return found;
};
/** Lists the program; `onListed` runs when a path has been listed, before its content is. */
const listProgram = (onListed: (path: string) => void) =>
  listFolder(at('app'), new SizeLimit(at('app')), ({ path }) => {
    onListed(path);
    return true;
  });
const replaceByLink = (path: string, target: string): void => {
  renameSync(at(path), at('moved'));
  symlinkSync(at(target), at(path));
};
const changed = (path: string) =>
  expect.objectContaining({
    code: 'PACKAGE',
    what: expect.stringMatching(`${path} changed while it was packaged`),
  });

describe('a folder that is replaced by a link to another folder', () => {
  test('before its content is listed', async () => {
    const listing = listProgram((path) => {
      if (path === at('app/sub')) replaceByLink('app/sub', 'secret');
    });
    await expect(listing).rejects.toEqual(changed('app/sub'));
  });

  test('while its content is listed', async () => {
    const listing = listProgram((path) => {
      if (path === at('app/sub/file')) replaceByLink('app/sub', 'secret');
    });
    await expect(listing).rejects.toEqual(changed('app/sub'));
  });

  test('before its file is read: nothing of the other file is returned', async () => {
    const file = listed('app/sub/file');
    replaceByLink('app/sub', 'secret');
    const chunks: Uint8Array[] = [];
    const reading = (async () => {
      for await (const chunk of readListed(file)) chunks.push(chunk);
    })();
    await expect(reading).rejects.toEqual(changed('app/sub/file'));
    expect(chunks).toEqual([]);
  });
});

test('a folder that is removed before its content is listed', async () => {
  const listing = listProgram((path) => {
    if (path === at('app/sub')) rmSync(path, { recursive: true });
  });
  await expect(listing).rejects.toEqual(changed('app/sub'));
});

describe('a file that is replaced before it is read', () => {
  test.each<[string, () => void]>([
    ['a link', () => symlinkSync(at('secret/file'), at('app/sub/file'))],
    ['a pipe that nothing writes to', () => execFileSync('mkfifo', [at('app/sub/file')])],
    ['a folder', () => mkdirSync(at('app/sub/file'))],
    ['another file', () => writeFileSync(at('app/sub/file'), 'PROGRAM')],
    ['nothing', () => undefined],
  ])('by %s', async (_what, replace) => {
    const file = listed('app/sub/file');
    rmSync(at('app/sub/file'));
    replace();
    await expect(readListedText(file)).rejects.toEqual(changed('app/sub/file'));
    expect(() => checkUnchanged([file])).toThrow(changed('app/sub/file'));
  });
});

test('a file that changes while it is read', async () => {
  writeFileSync(at('app/sub/file'), Buffer.alloc(3 * 1024 ** 2));
  const file = listed('app/sub/file');
  const reading = (async () => {
    for await (const chunk of readListed(file)) {
      expect(chunk.length).toBeGreaterThan(0);
      writeFileSync(at('app/sub/file'), Buffer.alloc(3 * 1024 ** 2, 1));
      utimesSync(at('app/sub/file'), new Date(0), new Date(0));
    }
  })();
  await expect(reading).rejects.toEqual(changed('app/sub/file'));
});

test('pipes and devices are not listed', async () => {
  execFileSync('mkfifo', [at('app/pipe')]);
  expect(list(at('app/pipe'))).toBeUndefined();
  expect(list('/dev/zero')).toBeUndefined();
});

test('a file that has not changed is read', async () => {
  const file = listed('app/sub/file');
  expect(await readListedText(file)).toBe('program');
  checkUnchanged([file]);
});
