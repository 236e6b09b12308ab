// The start of a command: a provision needs the source folders, and a teardown does not.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { startConfig } from '../../../../lib/run/start-config.ts';
import { defaultOptions } from '../../engine-harness.ts';
import { folderWith } from '../config/support.ts';

const CONFIG = `export default { name: 'store', region: 'eu-west-1',
  services: { shop: { containers: { api: { source: 'api', port: 80, path: '/' } } } } };`;

describe.each([
  ['lost its entry point', (api: string) => rmSync(join(api, 'main.ts'))],
  ['is gone', (api: string) => rmSync(api, { recursive: true })],
])('if a source folder %s', (_, damage) => {
  const folder = folderWith({ 'slipway.config.ts': CONFIG, 'api/main.ts': '', 'api/notes.txt': '' });
  damage(join(folder, 'api'));
  const loadConfigWith = async (requirement: { readonly needsSources: boolean }) => {
    const options = {
      ...defaultOptions,
      target: 'sandbox' as const,
      config: join(folder, 'slipway.config.ts'),
    };
    const { config } = await startConfig({ options, signal: new AbortController().signal }, requirement);
    return config;
  };

  test('a teardown reads the configuration', async () => {
    expect(await loadConfigWith({ needsSources: false })).toMatchObject({
      name: 'store',
      services: [{ name: 'shop' }],
    });
  });

  test('a provision reports the mistake', async () => {
    await expect(loadConfigWith({ needsSources: true })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });
});
