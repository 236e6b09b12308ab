// Reading and upgrading older state files: a file of version 1 with all fields, and one without the fields that were added later.
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { StateData } from '../../../../lib/state/format.ts';
import { nouns, type Noun } from '../../../../lib/model/architecture.ts';
import { idsOf } from '../../../../lib/model/resources.ts';
import { openState } from '../../../../lib/state/state.ts';
import { testClock } from '../../clock.ts';
import { useFolder } from './folder.ts';

/** Written by a run that provisioned every noun of that version; one intent is still open. */
const FIXTURE = join(import.meta.dirname, 'version-1.json');

const path = useFolder();
const file = () => path('dev.json');
const fixture = async () => JSON.parse(await readFile(FIXTURE, 'utf8')) as StateData;
const readBack = async () => JSON.parse(await readFile(file(), 'utf8')) as StateData;
const open = async () => openState(file(), await fixture(), testClock());

test('a file of version 1 is read unchanged', async () => {
  await copyFile(FIXTURE, file());
  expect((await open()).data).toEqual(await fixture());
});

test('a change to a file of version 1 keeps everything else in it', async () => {
  await copyFile(FIXTURE, file());
  await (await open()).forget('record');
  const { record: _, ...resources } = (await fixture()).resources;
  expect(await readBack()).toEqual({
    ...(await fixture()),
    resources,
    generations: { 'services.web': 1, record: 1 },
    changed: testClock().now(),
  });
});

test('the open intents in a file of version 1 keep their client tokens', async () => {
  await copyFile(FIXTURE, file());
  const { intents } = await fixture();
  expect(await (await open()).intend('services.web')).toEqual(intents['services.web']);
});

test('the nouns still declare the addresses and ids in a file of version 1', async () => {
  const recorded = Object.entries((await fixture()).resources).map(([address, ids]) => {
    const [noun = ''] = address.split('.');
    return { noun: noun as Noun, ids };
  });
  expect(recorded.filter(({ noun }) => !nouns.includes(noun))).toEqual([]);
  for (const { noun, ids } of recorded) expect(idsOf(noun, ids as never)).toEqual(ids);
});

test('fields that were added later may be missing in a file of version 1, and the next write adds them', async () => {
  const { changed: _, tags: __, configuration: ___, ...original } = await fixture();
  await writeFile(file(), JSON.stringify(original));
  const state = await open();
  expect(state.data).toEqual(original);
  await state.recordApplied({ configuration: 'hash', tags: ['team'] });
  expect(await readBack()).toEqual({
    ...original,
    changed: testClock().now(),
    configuration: 'hash',
    tags: ['team'],
  });
});
