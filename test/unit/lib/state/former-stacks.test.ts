// The stacks that a configuration described under another name. They are found by their state files as long as they have resources.
import { mkdir, writeFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { emptyState, type StateData } from '../../../../lib/state/format.ts';
import { formerStacks } from '../../../../lib/state/former-stacks.ts';
import { useFolder } from './folder.ts';

const path = useFolder();
const guard = { account: '111122223333', region: 'eu-west-1', endpoint: 'aws' };
const RESOURCES = { vpc: { vpcId: 'vpc-1' }, logGroup: { name: 'old' } };
/** Writes the state of a stack that the configuration in the test's folder describes. */
async function writeState(stack: string, more: Partial<StateData> = {}, fileName = stack): Promise<void> {
  const data = {
    ...emptyState({ ...guard, stack }),
    resources: RESOURCES,
    configurationFile: '../slipway.config.ts',
    ...more,
  };
  await mkdir(path('.slipway'), { recursive: true });
  await writeFile(path(`.slipway/${fileName}.json`), JSON.stringify(data));
}
const find = (stage = 'dev') =>
  formerStacks({
    file: path(`.slipway/shop-${stage}.json`),
    stage,
    configurationFile: path('slipway.config.ts'),
  });
const OLD = { name: 'old-shop', endpoint: 'aws', size: 2, isKnownToBeFormer: true };

test('a stack of the same configuration and stage with another name is found', async () => {
  await writeState('shop-dev');
  await writeState('old-shop-dev');
  expect(await find()).toEqual([OLD]);
});

test('a create call that was started counts as a resource', async () => {
  const intents = { vpc: { token: 't', generation: 1, at: 0 } };
  await writeState('old-shop-dev', { resources: {}, intents });
  expect(await find()).toEqual([{ ...OLD, size: 1 }]);
});

test('a state of an earlier Slipway is an uncertain match, since it does not name its configuration', async () => {
  await writeState('old-shop-dev', { configurationFile: undefined }, 'dev');
  expect(await find()).toEqual([{ ...OLD, isKnownToBeFormer: false }]);
});

test.each<[string, () => Promise<void>]>([
  [
    'a stack of another configuration',
    () => writeState('blog-dev', { configurationFile: '../blog.config.ts' }),
  ],
  ['a stack of another stage', () => writeState('old-shop-prod')],
  ['a stack that is gone', () => writeState('old-shop-dev', { resources: {} })],
  ['a file that names another stack', () => writeState('blog-dev', {}, 'old-shop-dev')],
  ['a file that cannot be read', () => writeFile(path('.slipway/old-shop-dev.json'), '{')],
  ['an unused state of the same stack', () => writeState('shop-dev', {}, 'dev')],
  ['a file that is not a state', () => writeFile(path('.slipway/notes-dev.json'), '[]')],
])('%s does not count as a former stack', async (_, arrange) => {
  await mkdir(path('.slipway'));
  await arrange();
  expect(await find()).toEqual([]);
});

test('without a state folder, no former stack is found', async () => {
  expect(await find()).toEqual([]);
});
