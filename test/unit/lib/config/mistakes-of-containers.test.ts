// Every kind of mistake in the containers of a service.
import { inspect } from 'node:util';
import { expect, test } from '@jest/globals';
import { parseConfig } from '../../../../lib/config/parse.ts';
import {
  startingWith,
  mistakesOf,
  folderWith,
  placesOf,
  testRefusals,
  validStack,
  validStackWith,
} from './support.ts';

const containers = 'services.shop.containers';
const api = `${containers}.api`;
const folder = folderWith({
  'bundled/index.ts': '',
  'dockered/Dockerfile': 'FROM nginx',
  'empty/README.md': '',
});

testRefusals(api, 'Use an object: one container.', { null: null, 'a string': 'nginx' });
testRefusals(
  `${containers}.sideCar`,
  startingWith('Use lower-case letters'),
  { 'a bad name': { image: 'nginx' } },
  "'sideCar'",
);
testRefusals(
  `${containers}.recommendations`,
  'Shorten the name of the stack, the stage, the service or the container by 3 characters: this value names a target group in AWS, and such names have at most 32 characters.',
  { 'a name that is too long for its target group': { image: 'nginx', port: 1, path: '/r' } },
  startingWith("'store-dev-shop-recommendations-"),
);

test('a container that needs no target group may have a longer name', () => {
  expect(mistakesOf(validStackWith({ [`${containers}.recommendations`]: { image: 'nginx' } }))).toEqual([]);
});

test('a name that is too long for its repository is refused', () => {
  expect(
    mistakesOf(validStackWith({ [`${containers}.${'c'.repeat(242)}`]: { source: 'api' } })),
  ).toMatchObject([
    {
      value: startingWith("'store-dev/shop-ccc"),
      fix: startingWith(
        '',
        'by 1 character: this value names a repository in AWS, and such names have at most 256 characters.',
      ),
    },
  ]);
});

testRefusals(
  `${api}.source`,
  'Set source (the folder of its program) or image (the reference of an image).',
  {
    'neither source nor image': undefined,
  },
);
testRefusals(`${api}.image`, 'Remove image or source: a container has only one of them.', {
  'both source and image': 'nginx',
});
testRefusals(`${api}.source`, 'Use the path of a folder, e.g. services/api1.', { 'an empty string': '' });
testRefusals(`${api}.source`, startingWith('Name a folder that exists: /', ' does not exist.'), {
  'a missing folder': 'nowhere',
});
testRefusals(
  `${api}.source`,
  startingWith('Name the folder that contains the program: /', 'api/src/main.ts is a file.'),
  {
    'a file': 'api/src/main.ts',
  },
);
testRefusals(
  `${api}.source`,
  startingWith('It has no Dockerfile, it has no package.json, and none of src/main.ts, '),
  { 'a folder without a program': '.' },
);
testRefusals(
  `${api}.entry`,
  startingWith('It starts as `entry` in slipway.config.ts says. It runs x.ts, which does not exist.'),
  {
    'a missing file': 'x.ts',
  },
);
testRefusals(`${api}.entry`, 'Use the path of a file, e.g. src/main.ts.', { 'an empty string': '' });
testRefusals(`${api}.dockerfile`, startingWith('Its Dockerfile Dockerfile.prod does not exist.'), {
  'a missing file': 'Dockerfile.prod',
});
testRefusals(`${api}.target`, startingWith('It has no Dockerfile with a target.'), {
  'a stage of no Dockerfile': 'run',
});
testRefusals(`${api}.context`, startingWith('Name a folder that exists: /', 'nowhere is not one.'), {
  'a missing folder': 'nowhere',
});
test('fields of a source are refused for an image', () => {
  expect(mistakesOf(validStackWith({ [`${containers}.proxy.buildArgs`]: {} }))).toEqual([
    {
      path: `${containers}.proxy.image`,
      value: "'nginx:1.29'",
      fix: 'Remove image, or the fields that only a source has: entry, dockerfile, target, context and buildArgs.',
    },
  ]);
});

test.each([
  ['docker', 'bundled', startingWith('Add a Dockerfile to /')],
  ['docker', 'dockered', undefined],
  ['bundle', 'bundled', undefined],
  ['bundle', 'dockered', startingWith('Set entry to the file to bundle.')],
  ['auto', 'bundled', undefined],
  ['auto', 'dockered', undefined],
  ['auto', 'empty', startingWith('It has no Dockerfile, ')],
] as const)(
  'the builder %s checks the folder "%s" for an entry file or a Dockerfile',
  (builder, source, fix) => {
    const read = () =>
      parseConfig(validStackWith({ [`${api}.source`]: source, [`${api}.command`]: undefined }), {
        stage: 'dev',
        target: 'aws',
        folder,
        builder,
      });
    if (fix === undefined) expect(read().builder).toBe(builder);
    else
      expect(read).toThrow(
        expect.objectContaining({ mistakes: [{ path: `${api}.source`, value: `'${source}'`, fix }] }),
      );
    expect.assertions(1);
  },
);

testRefusals(`${containers}.proxy.image`, startingWith('Use a reference such as nginx:1.29 or '), {
  'a space': 'nginx latest',
  'a capital': 'Nginx',
  'a URL': 'https://docker.io/nginx',
  'an empty string': '',
});

testRefusals(`${api}.port`, 'Use a whole number from 1 to 65535: the port that it listens on.', {
  'too large': 70_000,
  zero: 0,
  'a string': '5000',
});
testRefusals(`${api}.port`, 'Add the port on which the container serves /api.', {
  'a path without a port': undefined,
});
testRefusals(
  `${containers}.proxy.port`,
  'Use another port: api listens on it, and the containers of a task share one address.',
  { 'the port of another container': 5000 },
);

testRefusals(`${containers}.proxy.path`, 'Use another path: this one is routed to api in shop.', {
  'the path of another container': '/api',
});
testRefusals(`${api}.path`, 'Begin the path with a slash, e.g. /api1.', {
  'no slash': 'api',
  'an empty string': '',
});
testRefusals(`${api}.path`, 'Leave out the trailing slash.', { 'a slash at the end': '/api/' });
for (const [path, prefix] of Object.entries({
  '/api/*': '/api',
  '/api*': '/api',
  '/a/*/b': '/a',
  '/*': '/',
  '/users/:id': '/users',
  '/users/:id/orders': '/users',
  '/:tenant': '/',
  '/users/{id}': '/users',
  '/users/[id]': '/users',
  '/users/<int:id>': '/users',
  '/files/(.*)': '/files',
}))
  testRefusals(
    `${api}.path`,
    `Use '${prefix}', without a wildcard or parameter: everything below a path is routed with it.`,
    {
      [path]: path,
    },
  );
for (const [path, prefix] of Object.entries({
  '/search?q=shoes': '/search',
  '/search/?q=*': '/search',
  '/?page=1': '/',
  '/api#top': '/api',
}))
  testRefusals(
    `${api}.path`,
    `Use '${prefix}', without a query string or fragment: only the path of a request is compared.`,
    {
      [path]: path,
    },
  );
testRefusals(
  `${api}.path`,
  "Use '/api', without scheme and host: requests for every host are routed by path.",
  {
    'a URL': 'https://shop.example.com/api/',
  },
);
testRefusals(
  `${api}.path`,
  'Leave out empty segments, . and ..: the normalised path of a request never contains them.',
  {
    'an empty segment': '/api//v1',
    'the segment ..': '/api/../v1',
    'the segment .': '/./api',
  },
);
testRefusals(`${api}.path`, `Use letters, digits and _ - . $ / ~ " ' @ : + & only.`, {
  'a letter with an accent': '/apí',
  'a percent escape': '/a%20b',
  'a line break': '/a\nb',
});
testRefusals(
  `${api}.path`,
  'Use at most 126 characters; these are 127.',
  { 'a long path': `/${'a'.repeat(126)}` },
  startingWith("'/aaa", ' more characters'),
);

testRefusals(`${api}.protocol`, startingWith("Use one of 'HTTP', 'HTTPS', 'HTTP2', 'GRPC'"), {
  'an unknown protocol': 'FTP',
  'lower case': 'https',
});

test('HTTPS without a path is refused, since the load balancer sends no requests to that container', () => {
  const fix =
    'Add a path and a port, or remove the protocol: the load balancer only sends requests to containers with a path.';
  const mistake = { path: `${api}.protocol`, value: "'HTTPS'", fix };
  const noThreshold = { [`${api}.health.healthyThreshold`]: undefined };
  expect(mistakesOf(validStackWith({ ...noThreshold, [`${api}.path`]: undefined }))).toEqual([mistake]);
  const withoutPort = {
    [`${api}.path`]: undefined,
    [`${api}.port`]: undefined,
    [`${api}.health`]: undefined,
  };
  expect(mistakesOf(validStackWith(withoutPort))).toEqual([mistake]);
  // An invalid path is reported instead.
  expect(mistakesOf(validStackWith({ [`${api}.path`]: 5 }))).toMatchObject([{ path: `${api}.path` }]);
});

test('a health check of a container without a port is refused, since nothing could carry it out', () => {
  const worker = { source: 'api', health: { path: '/health' } };
  expect(mistakesOf(validStackWith({ [`${containers}.worker`]: worker }))).toEqual([
    {
      path: `${containers}.worker.port`,
      value: 'missing',
      fix: 'Add the port on which the container answers health checks, or remove health: without a port, nothing is checked.',
    },
  ]);
  expect(mistakesOf(validStackWith({ [`${containers}.worker`]: { ...worker, health: {} } }))).toHaveLength(1);
  expect(mistakesOf(validStackWith({ [`${containers}.worker`]: { source: 'api' } }))).toEqual([]);
  expect(mistakesOf(validStackWith({ [`${containers}.worker`]: { ...worker, port: 7000 } }))).toEqual([]);
});

test.each([
  ['an invalid port', { port: 'x' }, ['port']],
  ['a misspelt port', { Port: 7000 }, ['Port']],
  ['a path without a port', { path: '/worker' }, ['port']],
])('a container with a health check and %s has only one mistake', (_what, fields, mistakes) => {
  const worker = { source: 'api', health: { path: '/health' }, ...fields };
  expect(mistakesOf(validStackWith({ [`${containers}.worker`]: worker })).map(({ path }) => path)).toEqual(
    mistakes.map((field) => `${containers}.worker.${field}`),
  );
});

test('a health check of an image by reference is refused if no path is routed to its container, since only the load balancer could carry it out', () => {
  const cache = { image: 'redis', port: 6379, health: { path: '/health' } };
  expect(mistakesOf(validStackWith({ [`${containers}.cache`]: cache }))).toEqual([
    {
      path: `${containers}.cache.path`,
      value: 'missing',
      fix: 'Add the path that is routed to the container, or health.command, or remove health: Slipway does not know which program of an image can send a request.',
    },
  ]);
});

testRefusals(`${api}.health.path`, startingWith('Begin the path with a slash, e.g. /health'), {
  'no slash': 'health',
  'a space': '/he alth',
});
testRefusals(
  `${api}.health.intervalSeconds`,
  'Use a whole number from 5 to 300: seconds between two checks.',
  {
    'too small': 4,
  },
);
testRefusals(`${api}.health.timeoutSeconds`, 'Use a value below intervalSeconds, which is 20.', {
  'a timeout as long as the interval': 20,
});
testRefusals(`${api}.health.healthyThreshold`, startingWith('Use a whole number from 2 to 10'), {
  'too small': 1,
});
testRefusals(`${api}.health.unhealthyThreshold`, startingWith('Use a whole number from 2 to 10'), {
  'too large': 11,
});
testRefusals(`${api}.health.matcher`, 'Use status codes from 200 to 499, e.g. 200 or 200,204 or 200-299.', {
  'not a status code': '2xx',
  'status codes of failures': '200-599',
  'a reversed range': '299-200',
  'an empty string': '',
});

testRefusals(
  `${api}.environment`,
  startingWith('Use an object: environment variables by name'),
  { 'a string': 'MODE=fast' },
  'a string, not shown',
);
testRefusals(
  `${api}.environment.MODE`,
  'Use a string: the value of a variable; numbers and booleans go in quotes.',
  { 'a number': 5 },
  'a number, not shown',
);
testRefusals(
  `${api}.environment.MODE`,
  startingWith('Use a string'),
  { 'a boolean': true },
  'a boolean, not shown',
);
testRefusals(
  `${api}.environment.MODE`,
  'Leave out the zero byte.',
  { 'a zero byte': 'a\0b' },
  'a string, not shown',
);

test.each(['', 'A=B', 'A\0B', 'A\ud800'])('the name of a variable must not be %j', (name) => {
  expect(mistakesOf(validStackWith({ [`${api}.environment`]: { [name]: 'fast' } }))).toEqual([
    {
      path: `${api}.environment[${inspect(name)}]`,
      value: inspect(name),
      fix: 'Use at least one character, and no equals sign, zero byte or lone surrogate.',
    },
  ]);
});

test.each(['spring.profiles.active', 'discovery.type', 'MY-MODE', '1', 'a b', 'größe', '😀'])(
  'the name of a variable may be %s',
  (name) => {
    expect(mistakesOf(validStackWith({ [`${api}.environment`]: { [name]: 'fast' } }))).toEqual([]);
  },
);

const loneSurrogate = '😀'.slice(0, 1);
const LONE_SURROGATE_FIX = 'Replace the lone surrogate: half of a character cannot be sent to AWS.';
testRefusals(
  `${api}.environment.MODE`,
  LONE_SURROGATE_FIX,
  { 'half of a character': `fast${loneSurrogate}` },
  'a string, not shown',
);
testRefusals(`${api}.source`, LONE_SURROGATE_FIX, { 'half of a character': `api${loneSurrogate}` });
test.each(placesOf(validStack()))('a lone surrogate in %s is refused', (place) => {
  const shownPath = place.replace(/\.(\d)(?=\.|$)/g, '[$1]');
  const mistakes = mistakesOf(validStackWith({ [place]: `a${loneSurrogate}` }));
  expect(mistakes.map(({ path }) => path)).toEqual([shownPath]);
});
test('a whole character of two surrogates is accepted', () => {
  expect(mistakesOf(validStackWith({ [`${api}.environment.MODE`]: '😀' }))).toEqual([]);
});

testRefusals(
  `${api}.command`,
  startingWith('Use a list of strings: the command'),
  { 'a string': 'node main.js' },
  'a string, not shown',
);
testRefusals(
  `${api}.command`,
  startingWith('Add an entry, or leave the field out: the command'),
  { 'an empty list': [] },
  'an empty list',
);
testRefusals(`${api}.essential`, startingWith('Use true or false'), { 'a string': 'false' });
testRefusals(`${api}.readOnlyRoot`, startingWith('Use true or false'), { 'a number': 1 });
testRefusals(`${api}.user`, startingWith('Use a user or user:group'), {
  'a space': 'me too',
  'an empty group': '1000:',
});
testRefusals(`${api}.stopSeconds`, 'Use a whole number from 2 to 120: seconds between SIGTERM and SIGKILL.', {
  'too large': 121,
});

test('an argument of a command that is not a string is reported with its index in the list', () => {
  expect(mistakesOf(validStackWith({ [`${api}.command`]: ['node', 5] }))).toEqual([
    {
      path: `${api}.command[1]`,
      value: 'a number, not shown',
      fix: 'Use a string: the program, or one argument.',
    },
  ]);
});
