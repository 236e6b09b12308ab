// Variables from secrets and from files: which one counts, and what is refused.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parseConfig } from '../../../../lib/config/parse.ts';
import type { StackInput } from '../../../../lib/config/schema.ts';
import { folderWith, mistakesOf, testRefusals, validStackWith } from './support.ts';

const api = 'services.shop.containers.api';
const CANARY = 'sk-live-canary-5f1c';

const folder = folderWith({
  '.env.production': [
    '# the mode of the program',
    'export MODE=slow',
    'GREETING="hello\\nworld" # a comment',
    "QUOTED='a # b'",
    'API_KEY=from-the-file',
    'LEVEL=debug',
  ].join('\n'),
  'folder/.env': '',
});

/** Returns the container of a stack that has nothing else. */
function containerOf(container: object) {
  const input = {
    name: 'store',
    region: 'eu-west-1',
    services: { shop: { containers: { api: { image: 'nginx', ...container } } } },
  } as StackInput;
  const [service] = parseConfig(input, { stage: 'dev', target: 'aws', folder }).services;
  return service?.containers[0];
}

describe('variables', () => {
  test('of a file have dotenv syntax; environment, secrets and PORT are as if the file did not have them', () => {
    const container = containerOf({
      port: 5000,
      path: '/',
      environmentFile: '.env.production',
      environment: { MODE: 'fast' },
      secrets: { API_KEY: 'ssm:/shop/key' },
    });
    expect(container?.environment).toEqual({
      MODE: 'fast',
      GREETING: 'hello\nworld',
      QUOTED: 'a # b',
      LEVEL: 'debug',
      PORT: '5000',
    });
  });

  test('a secret called PORT leaves out the default', () => {
    expect(containerOf({ port: 1, path: '/', secrets: { PORT: 'ssm:/port' } })?.environment).toEqual({});
  });
});

testRefusals(
  `${api}.environmentFile`,
  expect.stringMatching(/^Name a file(:| that exists:)/) as unknown as string,
  {
    'a missing file': '.env.missing',
    'a folder': 'folder',
  },
);

const encodedFolder = folderWith({ '.env': '' });
test.each<[string, BufferEncoding]>([
  ['UTF-16', 'utf16le'],
  ['Latin-1', 'latin1'],
])('a file of variables in %s is refused', (_, encoding) => {
  const text = Buffer.from('GREETING=gr\u00fcezi', encoding);
  const environmentFile = join(encodedFolder, '.env');
  writeFileSync(environmentFile, text);
  expect(mistakesOf(validStackWith({ [`${api}.environmentFile`]: environmentFile }))).toMatchObject([
    { path: `${api}.environmentFile`, fix: expect.stringMatching(/^Save the file as UTF-8/) },
  ]);
});

describe('secrets', () => {
  test('a value instead of a reference is refused without showing it', () => {
    const mistakes = mistakesOf(validStackWith({ [`${api}.secrets`]: { API_KEY: CANARY } }));
    expect(mistakes).toMatchObject([{ path: `${api}.secrets.API_KEY`, value: 'a string, not shown' }]);
    expect(JSON.stringify(mistakes)).not.toContain(CANARY);
  });

  test.each<[string, object, string, RegExp]>([
    [
      'a variable that environment also sets',
      { MODE: 'ssm:/mode' },
      'secrets.MODE',
      /^Remove 'MODE' from environment or from secrets/,
    ],
    ['a malformed name', { 'A=B': 'ssm:/a' }, "secrets['A=B']", /no equals sign/],
    [
      'another partition',
      { A: 'arn:aws-cn:ssm:cn-north-1:111122223333:parameter/a' },
      'secrets.A',
      /in the partition aws,/,
    ],
  ])('%s is refused', (_, secrets, path, fix) => {
    expect(mistakesOf(validStackWith({ [`${api}.secrets`]: secrets }))).toMatchObject([
      { path: `${api}.${path}`, fix: expect.stringMatching(fix) },
    ]);
  });

  test('credentials for a registry need an image by reference', () => {
    const [mistake] = mistakesOf(
      validStackWith({ [`${api}.registryCredentials`]: 'secretsmanager:shop/registry' }),
    );
    expect(mistake?.fix).toMatch(/^Remove registryCredentials/);
    expect(containerOf({ registryCredentials: 'secretsmanager:shop/registry' })?.registryCredentials).toBe(
      'secretsmanager:shop/registry',
    );
  });
});
