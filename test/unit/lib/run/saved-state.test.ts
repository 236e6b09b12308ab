// The files of a stack at the start of a run: where they are, and what a run says about the files of earlier runs.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { Options } from '../../../../lib/run/options.ts';
import { lockStack, readSavedState } from '../../../../lib/run/saved-state.ts';
import { emptyState, type StateData } from '../../../../lib/state/format.ts';
import { takeLock } from '../../../../lib/state/lock.ts';
import { testClock } from '../../clock.ts';
import { defaultOptions } from '../../engine-harness.ts';
import { useFolder } from '../state/folder.ts';

const path = useFolder();
const notes: string[] = [];
afterEach(() => {
  notes.length = 0;
  delete process.env['SLIPWAY_HOME'];
});

/** Opens the files of a stack whose configuration is in the test's folder. */
async function open(stack: string, more: Partial<Options> = {}, folder?: string) {
  const options = { ...defaultOptions, config: path('slipway.config.ts'), ...more };
  const report = (event: { type: string; text?: string }) => void notes.push(`${event.type}: ${event.text}`);
  const stackOfRun = { stack, command: 'provision', folder, clock: testClock(), report };
  const lock = await lockStack(options, stackOfRun);
  try {
    return await readSavedState(options, stackOfRun);
  } finally {
    await lock.release();
  }
}
const GUARD = { account: '111122223333', region: 'eu-west-1', endpoint: 'sandbox' };
function writeState(name: string, stack: string, more: Partial<StateData> = {}): StateData {
  const data = { ...emptyState({ ...GUARD, stack }), resources: { vpc: { vpcId: 'vpc-1' } }, ...more };
  mkdirSync(dirname(path(name)), { recursive: true });
  writeFileSync(path(name), JSON.stringify(data));
  return data;
}
const filesIn = (folder: string) => readdirSync(path(folder)).sort();

describe('the folder of the files', () => {
  test('is beside the configuration, and git ignores it', async () => {
    expect(await open('shop-dev')).toBeUndefined();
    expect(filesIn('.slipway')).toEqual(['.gitignore']);
    expect(readFileSync(path('.slipway/.gitignore'), 'utf8')).toBe('*\n');
  });

  test('keeps the .gitignore of the user', async () => {
    mkdirSync(path('.slipway'));
    writeFileSync(path('.slipway/.gitignore'), 'dev.json\n');
    await open('shop-dev');
    expect(readFileSync(path('.slipway/.gitignore'), 'utf8')).toBe('dev.json\n');
  });

  test('is SLIPWAY_HOME if that is set, and gets a .gitignore only if the folder is new', async () => {
    mkdirSync(path('repository'));
    process.env['SLIPWAY_HOME'] = path('repository');
    const state = writeState('repository/shop-dev.json', 'shop-dev');
    expect(await open('shop-dev')).toEqual(state);
    expect(filesIn('repository')).toEqual(['shop-dev.json']);
    process.env['SLIPWAY_HOME'] = path('new');
    await open('shop-dev');
    expect(filesIn('new')).toEqual(['.gitignore']);
  });
});

describe('two stacks in one folder', () => {
  test('have a state and a lock each', async () => {
    const states = [
      writeState('.slipway/shop-dev.json', 'shop-dev'),
      writeState('.slipway/blog-dev.json', 'blog-dev'),
    ];
    const lock = await takeLock(path('.slipway/blog-dev.lock'), 'npm run provision', testClock());
    expect(await open('shop-dev')).toEqual(states[0]);
    await expect(open('blog-dev')).rejects.toMatchObject({ code: 'LOCKED' });
    await lock.release();
    expect(await open('blog-dev')).toEqual(states[1]);
    expect(notes).toEqual([]);
  });
});

describe('the state of an earlier Slipway', () => {
  test('is moved from the current folder to the folder of the configuration', async () => {
    const folder = process.cwd();
    mkdirSync(path('elsewhere'));
    process.chdir(path('elsewhere'));
    try {
      const state = writeState('elsewhere/.slipway/dev.json', 'shop-dev');
      expect(await open('shop-dev')).toEqual(state);
      const [from, to] = [join(process.cwd(), '.slipway/dev.json'), path('.slipway/shop-dev.json')];
      expect(notes).toEqual([`note: The state of shop-dev has moved from ${from} to ${to}.`]);
      expect(filesIn('elsewhere/.slipway')).toEqual([]);
      expect(await open('shop-dev')).toEqual(state);
    } finally {
      process.chdir(folder);
    }
  });

  test('stays if it belongs to another stack, and a note says how to remove that stack if it was renamed', async () => {
    writeState('.slipway/dev.json', 'old-shop-dev');
    expect(await open('shop-dev', {}, path('.slipway'))).toBeUndefined();
    expect(existsSync(path('.slipway/dev.json'))).toBe(true);
    const config = path('slipway.config.ts');
    expect(notes).toEqual([
      `note: old-shop-dev still holds 1 resource on sandbox. If ${config} had that name before, this removes them: npm run teardown -- --config ${config} --name old-shop`,
    ]);
  });
});

describe('a stack that was renamed', () => {
  const OLD = { configurationFile: '../slipway.config.ts', endpoint: 'aws' };
  test('keeps its old state, and a note names the old stack and the command that removes it', async () => {
    const resources = { vpc: { vpcId: 'vpc-1' }, logGroup: { name: 'old' } };
    writeState('.slipway/old-shop-dev.json', 'old-shop-dev', { ...OLD, resources });
    expect(await open('shop-dev')).toBeUndefined();
    const config = path('slipway.config.ts');
    expect(notes).toEqual([
      `note: ${config} had another name before: old-shop-dev still holds 2 resources on aws. To remove them: npm run teardown -- --target aws --config ${config} --name old-shop`,
    ]);
    expect(existsSync(path('.slipway/old-shop-dev.json'))).toBe(true);
  });

  test('is not mentioned by the teardown of its former name', async () => {
    writeState('.slipway/shop-dev.json', 'shop-dev', OLD);
    await open('old-shop-dev', { name: 'old-shop' });
    expect(notes).toEqual([]);
  });
});
