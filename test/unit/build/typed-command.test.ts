/** Messages spell commands as the user types them. */
import { expect, test } from '@jest/globals';
import { asTyped, commandPrefix } from '../../../build/typed-command.js';

const agent = (name: string) => ({ npm_config_user_agent: `${name} node/v22.0.0 linux x64` });

test('in the repository, commands are npm scripts, whatever starts them', () => {
  expect(commandPrefix()).toBe('npm run');
  expect(commandPrefix({ env: agent('pnpm/10.1.0'), isPackage: false })).toBe('npm run');
});

test.each([
  ['npm/11.0.0', 'npx slipway'],
  ['pnpm/10.1.0', 'pnpm exec slipway'],
  ['yarn/1.22.22', 'yarn slipway'],
  ['yarn/4.9.1', 'yarn slipway'],
  ['bun/1.2.0', 'bunx slipway'],
  ['constructor/1', 'npx slipway'],
])('a command that %s starts is repeated as %s', (name, prefix) => {
  expect(commandPrefix({ env: agent(name), isPackage: true })).toBe(prefix);
});

test.each([
  ['/usr/local/bin/slipway', 'slipway'],
  ['/home/me/shop/node_modules/.bin/slipway', 'npx slipway'],
  ['/usr/local/bin/deploy-all', 'npx slipway'],
  [undefined, 'npx slipway'],
])('without an installer, the program %s is repeated as %s', (program, prefix) => {
  expect(commandPrefix({ program, env: { PATH: '/usr/local/bin:/usr/bin' }, isPackage: true })).toBe(prefix);
});

test.each([
  ['npm run provision', 'npx slipway provision'],
  ['npm run provision -- --stage qa, to continue', 'npx slipway provision --stage qa, to continue'],
  [
    'npm run history -- web, or npm run rollback -- web',
    'npx slipway history web, or npx slipway rollback web',
  ],
  ['npm run teardown and then npm run provision.', 'npx slipway teardown and then npx slipway provision.'],
  ['left for npm run provision: vpc', 'left for npx slipway provision: vpc'],
  ['Usage: npm run sandbox -- [options]', 'Usage: npx slipway sandbox [options]'],
  [
    'npm run deploy-all, npm run deploy:qa and npm run build',
    'npm run deploy-all, npm run deploy:qa and npm run build',
  ],
])('%j becomes %j', (text, typed) => {
  expect(asTyped(text, 'npx slipway')).toBe(typed);
  expect(asTyped(text, 'npm run')).toBe(text);
});
