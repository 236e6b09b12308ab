// The watch of dev: it reports every change, also those in quick succession, in new folders, and of files that are replaced.
import { mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { watchFiles, type FileChange } from '../../../dev/watch.ts';

const cleanUps: (() => void)[] = [];
afterEach(() => {
  for (const cleanUp of cleanUps.splice(0).reverse()) cleanUp();
});

function watched() {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'slipway-watch-')));
  cleanUps.push(() => rmSync(folder, { recursive: true, force: true }));
  const write = (name: string, text = '') => {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const file = write('src/main.ts');
  const changes: FileChange[] = [];
  let onChange: () => void = () => undefined;
  const watch = watchFiles((change) => {
    changes.push(change);
    onChange();
  });
  cleanUps.push(() => watch.close());
  /** Resolves with the files of the changes so far, once they include a file. */
  const untilReported = (path: string) =>
    new Promise<string[]>((resolve) => {
      onChange = () => {
        const files = changes.flatMap((change) => change.files);
        if (files.includes(path)) resolve(files);
      };
      onChange();
    });
  return { folder, file, write, watch, changes, untilReported };
}

test('a second change right after the first report is reported, too', async () => {
  const { folder, file, watch, changes, untilReported } = watched();
  watch.addFolders([folder]);
  for (let count = 1; count <= 5; count += 1) {
    writeFileSync(file, `${count}`);
    await untilReported(file);
    expect(changes.splice(0).flatMap(({ files }) => files)).toEqual([file]);
  }
});

test('a file that an editor replaces by another is reported', async () => {
  const { folder, file, write, watch, untilReported } = watched();
  watch.addFolders([folder]);
  renameSync(write('src/.main.ts.swp', 'new'), file);
  expect(await untilReported(file)).toContain(file);
});

test('files in new folders are reported, and the new folders are watched', async () => {
  const { folder, write, watch, untilReported } = watched();
  watch.addFolders([folder]);
  const added = write('src/routes/orders/list.ts');
  await untilReported(added);
  const later = write('src/routes/orders/show.ts');
  expect(await untilReported(later)).toContain(later);
});

test('packages and hidden data are not reported; a file of another folder is, if it is an input', async () => {
  const { folder, write, watch, untilReported } = watched();
  write('node_modules/x/index.js');
  const input = write('shared/money.ts');
  watch.addFolders([join(folder, 'src')]);
  watch.addFolders([join(folder, 'node_modules', '..', 'src')]);
  watch.addFiles([input]);
  write('src/node_modules/y/index.js');
  write('src/.git/HEAD');
  write('shared/money.ts', 'changed');
  expect(await untilReported(input)).toEqual([input]);
});
