// A service whose task definition is larger than ECS accepts is a mistake, which names the largest values but never shows them.
import { expect, test } from '@jest/globals';
import { namesOf } from '../../../../lib/derive/names.ts';
import {
  definitionBytes,
  taskDefinitionFor,
  taskDefinitionParts,
} from '../../../../lib/derive/task-definition.ts';
import { mistakesOf, read, validStackWith } from './support.ts';

const shop = 'services.shop.containers';
const environment = `${shop}.api.environment`;

/** Returns the size of the definition of the valid stack's service, with these variables of the container `api`. */
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

test('the variables of a service may fill its task definition up to 65536 bytes, to the byte', () => {
  const rest = 65_536 - bytesWith({ BIG: '' });
  expect(mistakesOf(validStackWith({ [environment]: { BIG: 'x'.repeat(rest) } }))).toEqual([]);
  expect(mistakesOf(validStackWith({ [environment]: { BIG: 'x'.repeat(rest + 1) } }))).toEqual([
    {
      path: 'services.shop',
      value: 'a task definition of 65537 bytes',
      fix: `Remove 1 byte: ECS accepts at most 65536 for all containers of a service. The largest values are ${environment}.BIG (${rest + 1} bytes), ${shop}.api.command (11 bytes) and ${environment}.PORT (4 bytes). Put large values into the image, or let the program load them.`,
    },
  ]);
});

test('a size is counted in bytes of UTF-8, with the escapes of JSON', () => {
  const [ascii, accented, escaped] = ['e', 'é', '"'].map((letter) => bytesWith({ A: letter.repeat(100) }));
  expect([accented, escaped]).toEqual([(ascii ?? 0) + 100, (ascii ?? 0) + 100]);
});

test('the mistake names the three largest values of all containers by name, and shows no value', () => {
  const stack = validStackWith({
    [environment]: {
      SMALL: 'tiny-secret',
      'big.one': 'hunter2 '.repeat(3000),
      OTHER: 'hunter2 '.repeat(2000),
    },
    [`${shop}.proxy.environment`]: { CONFIG: 'hunter2 '.repeat(4000) },
  });
  const [mistake, ...others] = mistakesOf(stack);
  expect(others).toEqual([]);
  expect(mistake?.fix).toContain(
    `The largest values are ${shop}.proxy.environment.CONFIG (32000 bytes), ${environment}['big.one'] (24000 bytes) and ${environment}.OTHER (16000 bytes).`,
  );
  expect(JSON.stringify(mistake)).not.toMatch(/hunter2|tiny-secret|SMALL/);
});

test('a large command is named, too', () => {
  const command = ['node', 'main.js', 'x'.repeat(70_000)];
  expect(mistakesOf(validStackWith({ [`${shop}.api.command`]: command }))).toEqual([
    {
      path: 'services.shop',
      value: expect.stringMatching(/^a task definition of 7\d{4} bytes$/),
      fix: expect.stringContaining(`The largest values are ${shop}.api.command (70011 bytes), `),
    },
  ]);
});
