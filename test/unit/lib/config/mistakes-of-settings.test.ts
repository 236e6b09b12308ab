// Every kind of mistake in the settings that limit containers and order their start.
import { expect, test } from '@jest/globals';
import { architecturesRunHere } from '../../../../lib/config/checks/services.ts';
import { mistakesOf, read, startingWith, testRefusals, validStack, validStackWith } from './support.ts';

const service = 'services.shop';
const api = `${service}.containers.api`;
const proxy = `${service}.containers.proxy`;
const job = `${service}.containers.job`;

testRefusals(`${api}.cpu`, startingWith('Use a whole number from 2 to 32768: CPU units that it gets'), {
  'one unit': 1,
  'a fraction': 0.5,
  'a string': '256',
});
testRefusals(`${api}.memory`, startingWith('Use a whole number from 6 to 249856: MiB of memory'), {
  "less than Docker's minimum": 5,
});
testRefusals(`${api}.memory`, 'Use at most 4096: that is the memory of the task.', {
  'more than the task has': 5000,
});
testRefusals(
  `${api}.memoryReservation`,
  'Use less than memory, which is 256, or remove it: memory is then also reserved.',
  { 'as much as the limit': 256, 'more than the limit': 2048 },
);

test('containers that have more CPU units than their task are refused', () => {
  expect(mistakesOf(validStackWith({ [`${api}.cpu`]: 400, [`${proxy}.cpu`]: 200 }))).toEqual([
    {
      path: `${service}.cpu`,
      value: '512',
      fix: 'Use at least 600, or lower the cpu of api and proxy: together, the containers have 600.',
    },
  ]);
});

test('containers that reserve more memory than their task has are refused', () => {
  const input = validStackWith({
    [`${api}.memory`]: undefined,
    [`${api}.memoryReservation`]: 3000,
    [`${proxy}.memory`]: 2000,
  });
  expect(mistakesOf(input)).toEqual([
    {
      path: `${service}.memory`,
      value: '4096',
      fix: 'Use at least 5000, or lower the memory or the memoryReservation of api and proxy: together, the containers reserve 5000 MiB.',
    },
  ]);
});

test('limits may add up to more than the memory of the task, if the reservations fit', () => {
  const limits = { memory: 4096, memoryReservation: 100 };
  const input = validStackWith({
    [`${api}.memory`]: 4096,
    [`${api}.memoryReservation`]: 100,
    [proxy]: { image: 'nginx', port: 1, path: '/', ...limits },
  });
  expect(mistakesOf(input)).toEqual([]);
});

testRefusals(`${api}.ulimits.nofile`, startingWith('Use a whole number from 1 to 1048576, or an object: '), {
  'more than Linux allows': 2_000_000,
  'a string': '65536',
});
testRefusals(`${api}.ulimits.nofile.soft`, 'Use at most the hard limit, which is 4096.', {
  'more than the hard limit': 5000,
});
testRefusals(
  `${proxy}.entryPoint`,
  startingWith('Add an entry, or leave the field out: the entry point'),
  { 'an empty list': [] },
  'an empty list',
);

testRefusals(
  `${api}.dependsOn.proxy`,
  startingWith("Use one of 'START', 'COMPLETE', 'SUCCESS', 'HEALTHY': what it waits for: "),
  { 'another word': 'READY', 'lower case': 'start' },
);
testRefusals(`${api}.dependsOn.other`, 'Name another container of shop: proxy.', {
  'no such container': 'START',
});
testRefusals(`${api}.dependsOn.api`, 'Remove it: a container cannot wait for itself.', { itself: 'START' });
testRefusals(
  `${api}.dependsOn.proxy`,
  'Use HEALTHY or START: proxy has a path, so it has to keep running, and never ends.',
  { 'the success of a routed container': 'SUCCESS', 'the end of a routed container': 'COMPLETE' },
);
testRefusals(`${api}.dependsOn.proxy`, startingWith('Add health.command to proxy, a program of its image'), {
  'the health of a container without a health check inside the task': 'HEALTHY',
});

test('the success of an essential container can never be awaited', () => {
  const input = validStackWith({ [job]: { image: 'job' }, [`${api}.dependsOn`]: { job: 'SUCCESS' } });
  expect(mistakesOf(input)).toEqual([
    {
      path: `${api}.dependsOn.job`,
      value: "'SUCCESS'",
      fix: 'Set essential: false for job: its end would stop the task. For a container that keeps running, use HEALTHY or START.',
    },
  ]);
});

test('a job that others wait for is accepted', () => {
  const input = validStackWith({
    [job]: { image: 'job', essential: false },
    [`${api}.dependsOn`]: { job: 'SUCCESS' },
    [`${proxy}.dependsOn`]: { job: 'COMPLETE', api: 'HEALTHY' },
  });
  expect(mistakesOf(input)).toEqual([]);
});

test('a cycle is refused once', () => {
  const input = validStackWith({
    [job]: { image: 'job', dependsOn: { api: 'START' } },
    [`${proxy}.dependsOn`]: { job: 'START' },
  });
  expect(mistakesOf(input)).toEqual([
    {
      path: `${api}.dependsOn.proxy`,
      value: "'START'",
      fix: 'Remove one of these: api waits for proxy, proxy waits for job, job waits for api. None of them would ever start.',
    },
  ]);
});

testRefusals(
  `${api}.health.command`,
  startingWith('Add an entry, or leave the field out: a command'),
  { 'an empty list': [] },
  'an empty list',
);
testRefusals(
  `${api}.health.command`,
  'Add the command after CMD-SHELL.',
  { 'a form alone': ['CMD-SHELL'] },
  'a list, not shown',
);
testRefusals(
  `${api}.health.command`,
  'Put the command line into one string after CMD-SHELL: the shell gets no other.',
  { 'a command line in several strings': ['CMD-SHELL', 'curl', '-f', 'localhost'] },
  'a list, not shown',
);
testRefusals(`${api}.health.startSeconds`, startingWith('Use a whole number from 0 to 300: '), {
  'more than ECS allows': 301,
});

test('a command checks a container without a port, an image by reference, and makes HEALTHY possible', () => {
  const health = { command: ['pg_isready'] };
  const input = validStackWith({
    [job]: { image: 'postgres:17', health },
    [`${proxy}.health`]: health,
    [`${api}.dependsOn`]: { job: 'HEALTHY', proxy: 'HEALTHY' },
  });
  expect(mistakesOf(input)).toEqual([]);
  expect(
    mistakesOf(validStackWith({ [job]: { image: 'postgres:17', health: { ...health, path: '/' } } })),
  ).toMatchObject([{ path: `${job}.port` }]);
});

const withZoneId = { 'domain.zone': undefined, 'domain.createZone': undefined, 'domain.zoneId': 'Z1' };

test('a zone is named by its name or by its id, not by both and not by neither', () => {
  expect(mistakesOf(validStackWith(withZoneId))).toEqual([]);
  expect(mistakesOf(validStackWith({ ...withZoneId, 'domain.zoneId': undefined }))).toEqual([
    {
      path: 'domain.zone',
      value: 'missing',
      fix: 'Add the hosted zone that the name is in, e.g. example.com, or its id as zoneId.',
    },
  ]);
  expect(mistakesOf(validStackWith({ ...withZoneId, 'domain.zone': 'example.com' }))).toEqual([
    { path: 'domain.zoneId', value: "'Z1'", fix: 'Remove zone or zoneId: the id names the zone already.' },
  ]);
  expect(mistakesOf(validStackWith({ ...withZoneId, 'domain.createZone': true }))).toEqual([
    {
      path: 'domain.createZone',
      value: 'true',
      fix: 'Remove it, or use zone instead of zoneId: Route 53 chooses the id of a new zone.',
    },
  ]);
  expect(mistakesOf(validStackWith({ ...withZoneId, 'domain.zoneId': '/hostedzone/Z1' }))).toEqual([
    {
      path: 'domain.zoneId',
      value: "'/hostedzone/Z1'",
      fix: 'Use the id of a hosted zone, e.g. Z0123456789ABCDEFGHIJ, without /hostedzone/.',
    },
  ]);
});

testRefusals(`${service}.architecture`, startingWith("Use one of 'x86_64', 'arm64': the processors"), {
  'the name in ECS': 'ARM64',
});

test('the sandbox runs images by reference only if they are for the processor of this machine', () => {
  const config = read(validStack());
  const onArm = {
    ...config,
    services: config.services.map((one) => ({ ...one, architecture: 'arm64' as const })),
  };
  expect([...architecturesRunHere(config, 'x64')]).toEqual([]);
  expect([...architecturesRunHere(onArm, 'arm64')]).toEqual([]);
  expect([...architecturesRunHere({ ...onArm, target: 'aws' }, 'x64')]).toEqual([]);
  expect([...architecturesRunHere(onArm, 'x64')]).toMatchObject([
    {
      path: ['services', 'shop', 'architecture'],
      fix: "Use 'x86_64' for the target sandbox, e.g. architecture: target === 'sandbox' ? 'x86_64' : 'arm64': it runs proxy on the processor of this machine, which is x64.",
    },
  ]);
});

test.each([
  ['cache', 'Use an absolute path of letters, digits and . _ @ + -, e.g. /var/cache/app.'],
  ['/var/../etc', 'Use an absolute path of letters, digits and . _ @ + -, e.g. /var/cache/app.'],
  ['/a:b', 'Use an absolute path of letters, digits and . _ @ + -, e.g. /var/cache/app.'],
  ['/cache/', 'Leave out the trailing slash.'],
  ['/tmp', 'Leave it out: /tmp is always writable.'],
  ['/tmp/cache', 'Leave it out: /tmp is always writable.'],
  ['/', startingWith('Use a folder of the program, e.g. /var/cache/app: ')],
  ['/usr', startingWith('Use a folder of the program, e.g. /var/cache/app: ')],
  ['/proc/x', startingWith('Use a folder of the program, e.g. /var/cache/app: ')],
])('the writable folder %s is refused', (folder, fix) => {
  expect(mistakesOf(validStackWith({ [`${proxy}.writable`]: [folder] }))).toEqual([
    { path: `${proxy}.writable[0]`, value: `'${folder}'`, fix },
  ]);
});

testRefusals(
  `${proxy}.writable`,
  'Remove /a/b: another entry already contains it.',
  { 'one in another': ['/a', '/a/b'] },
  "'/a/b'",
);
testRefusals(
  `${proxy}.writable`,
  'Remove /a: another entry already contains it.',
  { 'the same twice': ['/a', '/a'] },
  "'/a'",
);
testRefusals(
  `${api}.writable`,
  'Remove it: with readOnlyRoot: false, the container can write to every folder.',
  { 'a container whose root is writable': ['/cache'] },
  'a list',
);

testRefusals(`${service}.exec`, startingWith('Use true or false'), { 'a string': 'yes' });

test('exec needs a container whose root file system is not read-only', () => {
  const exec = (readOnlyRoot: boolean) =>
    mistakesOf(
      validStackWith({
        [`${service}.exec`]: true,
        [`${api}.readOnlyRoot`]: readOnlyRoot,
        [`${api}.writable`]: undefined,
      }),
    ).filter(({ path }) => path === `${service}.exec`);
  expect(exec(false)).toEqual([]);
  expect(exec(true)).toEqual([
    {
      path: `${service}.exec`,
      value: 'true',
      fix: 'Set readOnlyRoot: false in each container that npm run exec should work in, or remove exec: ECS Exec does not work in a container whose root file system is read-only.',
    },
  ]);
});
