// The start of a command: a provision needs the source folders, a deploy those of its service, and a teardown none.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { startConfig } from '../../../../lib/run/start-config.ts';
import { defaultOptions } from '../../engine-harness.ts';
import { folderWith } from '../config/support.ts';

const CONFIG = `export default { name: 'store', region: 'eu-west-1', services: {
  shop: { containers: { api: { source: 'api', port: 80, path: '/' } } },
  jobs: { containers: { job: { source: 'job' } } },
} };`;

describe.each([
  ['lost its entry point', (api: string) => rmSync(join(api, 'main.ts'))],
  ['is gone', (api: string) => rmSync(api, { recursive: true })],
])('if a source folder %s', (_, damage) => {
  const folder = folderWith({
    'slipway.config.ts': CONFIG,
    'api/main.ts': '',
    'api/notes.txt': '',
    'job/main.ts': '',
  });
  damage(join(folder, 'api'));
  const loadConfigWith = async (requirement: { readonly needsSources: boolean }, changed = {}) => {
    const options = {
      ...defaultOptions,
      ...changed,
      target: 'sandbox' as const,
      config: join(folder, 'slipway.config.ts'),
    };
    const { config } = await startConfig({ options, signal: new AbortController().signal }, requirement);
    return config;
  };

  test('a teardown reads the configuration', async () => {
    expect(await loadConfigWith({ needsSources: false })).toMatchObject({
      name: 'store',
      services: [{ name: 'shop' }, { name: 'jobs' }],
    });
  });

  test('a provision reports the mistake', async () => {
    await expect(loadConfigWith({ needsSources: true })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });

  test('a deploy of that service reports the mistake, and a deploy of another service reads the configuration', async () => {
    const deploy = (service: string) => loadConfigWith({ needsSources: true }, { deploy: true, service });
    await expect(deploy('shop')).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    await expect(deploy('jobs')).resolves.toMatchObject({ name: 'store' });
  });
});
