// A task definition that is too large for ECS is a mistake. The fix names the largest fields, but never shows their values.
import { expect, test } from '@jest/globals';
import { namesOf } from '../../../../lib/derive/names.ts';
import {
  definitionBytes,
  taskDefinitionFor,
  taskDefinitionParts,
} from '../../../../lib/derive/task-definition.ts';
import { mistakesOf, read, validStackWith } from './support.ts';

const containers = 'services.shop.containers';
const environment = `${containers}.api.environment`;

/** Returns the size of the valid stack's task definition, in bytes, if the container `api` has these variables. */
function bytesWith(variables: Readonly<Record<string, string>>): number {
  const config = read(validStackWith({ [environment]: variables }));
  const [service] = config.services;
  if (service === undefined) throw new Error('no service');
  const digest = `sha256:${'0'.repeat(64)}`;
  const parts = taskDefinitionParts(
    { config, names: namesOf(config), account: '123456789012' },
    service,
    new Map(),
    ({ image, key }) =>
      'reference' in image
        ? image.reference
        : `123456789012.dkr.ecr.eu-west-1.amazonaws.com/store-dev/${key}@${digest}`,
  );
  return definitionBytes(taskDefinitionFor(service, parts));
}

test('the variables of a service may fill its task definition up to exactly 65536 bytes', () => {
  const freeBytes = 65_536 - bytesWith({ BIG: '' });
  expect(mistakesOf(validStackWith({ [environment]: { BIG: 'x'.repeat(freeBytes) } }))).toEqual([]);
  expect(mistakesOf(validStackWith({ [environment]: { BIG: 'x'.repeat(freeBytes + 1) } }))).toEqual([
    {
      path: 'services.shop',
      value: 'a task definition of 65537 bytes',
      fix: `Remove 1 byte: ECS accepts at most 65536 for all containers of a service. The largest values are ${environment}.BIG (${freeBytes + 1} bytes), ${containers}.api.health.command (12 bytes) and ${containers}.api.command (11 bytes). Put large values into the image, or let the program load them.`,
    },
  ]);
});

test('a size is measured in bytes of UTF-8, including the escapes of JSON', () => {
  const [ascii, accented, escaped] = ['e', 'é', '"'].map((letter) => bytesWith({ A: letter.repeat(100) }));
  expect([accented, escaped]).toEqual([(ascii ?? 0) + 100, (ascii ?? 0) + 100]);
});

test('the mistake names the fields with the three largest values of all containers, and shows no value', () => {
  const stack = validStackWith({
    [environment]: {
      SMALL: 'tiny-secret',
      'big.one': 'hunter2 '.repeat(3000),
      OTHER: 'hunter2 '.repeat(2000),
    },
    [`${containers}.proxy.environment`]: { CONFIG: 'hunter2 '.repeat(4000) },
  });
  const [mistake, ...others] = mistakesOf(stack);
  expect(others).toEqual([]);
  expect(mistake?.fix).toContain(
    `The largest values are ${containers}.proxy.environment.CONFIG (32000 bytes), ${environment}['big.one'] (24000 bytes) and ${environment}.OTHER (16000 bytes).`,
  );
  expect(JSON.stringify(mistake)).not.toMatch(/hunter2|tiny-secret|SMALL/);
});

test('the mistake also names a large command', () => {
  const command = ['node', 'main.js', 'x'.repeat(70_000)];
  expect(mistakesOf(validStackWith({ [`${containers}.api.command`]: command }))).toEqual([
    {
      path: 'services.shop',
      value: expect.stringMatching(/^a task definition of 7\d{4} bytes$/),
      fix: expect.stringContaining(`The largest values are ${containers}.api.command (70011 bytes), `),
    },
  ]);
});
