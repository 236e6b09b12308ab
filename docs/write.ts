/** Writes the ends of the pages that the code knows: `node --import tsx docs/write.ts`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PAGES, rewritten } from './pages.ts';

for (const { page, written } of PAGES) {
  const file = join(import.meta.dirname, '..', page);
  writeFileSync(file, rewritten(readFileSync(file, 'utf8'), written()));
}
