// A folder that cannot be created because a file is in its place: the problem names that file.
import { mkdir, writeFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { makeFolder, unwritable } from '../../../../lib/state/private-file.ts';
import { takeLock } from '../../../../lib/state/lock.ts';
import { testClock } from '../../clock.ts';
import { useFolder } from './folder.ts';

const path = useFolder();

test.each([['home'], ['home/deeper/folder']])(
  'if home is a file, the problem of a lock in %s names that file',
  async (folder) => {
    await writeFile(path('home'), '');
    await expect(
      takeLock(path(`${folder}/shop-dev.lock`), 'npm run provision', testClock()),
    ).rejects.toMatchObject({
      code: 'STATE_UNWRITABLE',
      what: `${path('home')} is a file.`,
      why: `A folder is needed there, for ${path(`${folder}/shop-dev.lock`)}.`,
      now: 'Nothing was changed.',
      fix: [
        `Rename or remove ${path('home')}, then run the same command again.`,
        'or use another folder: export SLIPWAY_HOME=…',
      ],
    });
  },
);

test('if no file is in the way, the problem states the reason of the error', async () => {
  await mkdir(path('home'));
  const error = await makeFolder(path('home')).then(() =>
    Object.assign(new Error('full'), { code: 'ENOSPC' }),
  );
  expect(unwritable(path('home/shop-dev.lock'), error)).toMatchObject({
    what: `${path('home/shop-dev.lock')} could not be written.`,
    why: 'full',
  });
});
