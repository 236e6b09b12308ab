// The command that opens an address in the browser of each platform, and the machines that have no browser.
import { describe, expect, test } from '@jest/globals';
import { browserCommand, hasDisplay, startBrowser } from '../../../../lib/run/browser.ts';

const URL = 'http://api.slipway.localhost:8080/api1';

test.each([
  ['darwin', {}, ['open', URL]],
  ['linux', {}, ['xdg-open', URL]],
  ['linux', { WSL_DISTRO_NAME: 'Debian' }, ['rundll32.exe', 'url.dll,FileProtocolHandler', URL]],
  ['win32', {}, ['rundll32.exe', 'url.dll,FileProtocolHandler', URL]],
] as const)('on %s with %j', (platform, env, command) => {
  expect(browserCommand(URL, { platform, env })).toEqual(command);
});

describe('a browser can be shown', () => {
  test.each([
    ['darwin', {}, true],
    ['win32', {}, true],
    ['linux', { DISPLAY: ':0' }, true],
    ['linux', { WAYLAND_DISPLAY: 'wayland-0' }, true],
    ['linux', {}, false],
    ['linux', { DISPLAY: '' }, false],
    ['darwin', { CI: 'true' }, false],
  ] as const)('on %s with %j: %j', (platform, env, expected) => {
    expect(hasDisplay({ platform, env })).toBe(expected);
  });
});

test('a missing program is no opened browser', async () => {
  const path = process.env['PATH'];
  process.env['PATH'] = '/nonexistent';
  try {
    expect(await startBrowser(URL, { platform: 'linux', env: {} })).toBe(false);
  } finally {
    process.env['PATH'] = path;
  }
});
