// Builds by a container engine: the commands that the engine receives, and the problems of failed builds.
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GetAuthorizationTokenCommand } from '@aws-sdk/client-ecr';
import { expect, test } from '@jest/globals';
import { contentHash } from '../../../../lib/image/content.ts';
import { dockerBuild, pushBuild } from '../../../../lib/image/docker.ts';
import { buildArguments } from '../../../../lib/image/build-arguments.ts';
import type { DockerBuild } from '../../../../lib/image/builds.ts';
import { Problem } from '../../../../lib/model/problem.ts';
import { mocks, lookContextOf, sentCalls } from '../../step-harness.ts';
import { enginesOnPath, folderOf } from './folder.ts';

const HOST = '111122223333.dkr.ecr.eu-west-1.amazonaws.com';
const URI = `${HOST}/shop-dev/web-api1`;
const PASSWORD = 'top:secret=';
const signal = new AbortController().signal;

const sourceFolder = () => folderOf({ Dockerfile: 'FROM node:22-alpine' });
const push = (build: DockerBuild, aws = lookContextOf().aws) =>
  pushBuild({ aws, repositoryUri: URI, signal }, build);

function mockToken(): void {
  const authorizationToken = Buffer.from(`AWS:${PASSWORD}`).toString('base64');
  mocks.ecr.on(GetAuthorizationTokenCommand).resolves({ authorizationData: [{ authorizationToken }] });
}

async function problemOf(work: Promise<unknown>): Promise<Problem> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof Problem) return error;
  throw new Error(`No problem, but ${String(error)}`);
}

test('a build has a tag derived from the files in its folder, whatever the engine, and runs no engine before the push', async () => {
  const calls = await enginesOnPath({ docker: '' });
  const folder = await sourceFolder();
  const build = await dockerBuild('docker', { source: folder });
  expect(build).toMatchObject({ kind: 'docker', digest: undefined, engine: 'docker', folder });
  expect(build.tag).toMatch(/^docker-[0-9a-f]{16}$/);
  expect((await dockerBuild('podman', { source: await sourceFolder() })).tag).toBe(build.tag);
  expect(await calls()).toEqual([]);
});

test('an image is built for Fargate and pushed, and the engine reads the password from standard input', async () => {
  const calls = await enginesOnPath({ podman: '' });
  mockToken();
  const build = await dockerBuild('podman', { source: await sourceFolder() });
  await pushBuild({ aws: lookContextOf().aws, repositoryUri: URI, signal }, build);
  const reference = `${URI}:${build.tag}`;
  expect(await calls()).toEqual([
    { args: ['build', '--platform', 'linux/amd64', '--tag', reference, build.folder], input: '' },
    { args: ['login', '--username', 'AWS', '--password-stdin', HOST], input: PASSWORD },
    { args: ['push', reference], input: '' },
  ]);
});

test('an engine builds a single image, without attestations', async () => {
  await enginesOnPath({ docker: 'echo "attestations off: $BUILDX_NO_DEFAULT_ATTESTATIONS"; exit 1' });
  const { why } = await problemOf(push(await dockerBuild('docker', { source: await sourceFolder() })));
  expect(why).toBe('attestations off: 1');
});

test('a run signs in only once, even if it pushes several images', async () => {
  const calls = await enginesOnPath({ docker: '' });
  mockToken();
  const { aws } = lookContextOf();
  const build = await dockerBuild('docker', { source: await sourceFolder() });
  await Promise.all([push(build, aws), push(build, aws)]);
  // Another run signs in again.
  await push(build, lookContextOf().aws);
  expect((await calls()).filter(({ args: [verb] }) => verb === 'login')).toHaveLength(2);
  expect(sentCalls()).toHaveLength(2);
});

test("a failed build is reported with the last lines of the engine's output", async () => {
  await enginesOnPath({ docker: 'seq 1 40; echo; echo "ERROR: no such base" >&2; exit 1' });
  const { code, what, why, fix } = await problemOf(
    push(await dockerBuild('docker', { source: await sourceFolder() })),
  );
  expect(code).toBe('BUILDER');
  expect(what).toMatch(/^docker could not build .*slipway-image-/);
  expect(why.split('\n')).toHaveLength(10);
  expect(why).toContain('ERROR: no such base');
  expect(why).toContain('40');
  expect(why).not.toContain('\n30\n');
  expect(fix[0]).toMatch(
    /^docker build --platform linux\/amd64 .*slipway-image-.*, to see its whole output$/,
  );
  expect(sentCalls()).toEqual([]);
});

test.each([
  ['login', `docker could not sign in to ${HOST}.`],
  ['push', /^docker could not push .*\/shop-dev\/web-api1:docker-/],
])('a failed %s is reported without the password', async (verb, what) => {
  const failingScript = `[ "$1" = ${verb} ] && { echo "denied: ${PASSWORD}"; exit 1; }; exit 0`;
  await enginesOnPath({ docker: failingScript });
  mockToken();
  const problem = await problemOf(push(await dockerBuild('docker', { source: await sourceFolder() })));
  expect(problem.code).toBe('BUILDER');
  expect(problem.what).toMatch(what);
  expect(problem.why).toBe('denied: (the password)');
  expect(JSON.stringify({ ...problem, stack: problem.stack, cause: problem.cause })).not.toContain(PASSWORD);
});

test('a folder without a Dockerfile is refused before anything is built', async () => {
  const folder = await folderOf({ 'src/main.ts': '' });
  const { code, why, fix } = await problemOf(dockerBuild('docker', { source: folder }));
  expect({ code, why }).toEqual({ code: 'BUILDER', why: 'It has no Dockerfile.' });
  expect(fix.join(' ')).toContain('image');
});

test('the Dockerfile, its stage, the context and the build arguments are passed to the engine', async () => {
  const calls = await enginesOnPath({ buildah: '' });
  mockToken();
  const context = await folderOf({
    'package.json': '{}',
    'api/prod.Dockerfile': 'FROM node',
    'api/main.js': '',
  });
  const source = join(context, 'api');
  const fields = {
    source,
    context,
    dockerfile: 'prod.Dockerfile',
    target: 'run',
    buildArgs: { B: 'b c', A: '1' },
  };
  const build = await dockerBuild('buildah', fields);
  await push(build);
  expect((await calls())[0]?.args).toEqual([
    ...['build', '--platform', 'linux/amd64', '--file', join(source, 'prod.Dockerfile'), '--target', 'run'],
    ...['--build-arg', 'A', '--build-arg', 'B', '--tag', `${URI}:${build.tag}`, context],
  ]);
});

test('the tag does not reveal a build argument to those who can guess it', async () => {
  const source = await sourceFolder();
  const content = await contentHash(source);
  const { tag } = await dockerBuild('docker', { source, buildArgs: { PIN: '1234' } });
  const guesses = [
    [content, undefined, [['PIN', '1234']]],
    [content, null, [['PIN', '1234']]],
  ];
  for (const guess of guesses) {
    const hash = createHash('sha256').update(JSON.stringify(guess)).digest('hex');
    expect(tag).not.toBe(`docker-${hash.slice(0, 16)}`);
  }
});

test('the tag depends on everything that the engine builds', async () => {
  const files = {
    'package.json': '{}',
    'api/prod.Dockerfile': 'FROM node',
    'api/Dockerfile': 'FROM node:22',
    'api/main.js': '',
  };
  const context = await folderOf(files);
  const source = join(context, 'api');
  const tagOf = async (fields: object) => (await dockerBuild('docker', { source, ...fields })).tag;
  const fields = [
    {},
    { context },
    { dockerfile: 'prod.Dockerfile' },
    { context, dockerfile: 'prod.Dockerfile' },
    { target: 'a' },
    { target: 'b' },
    { buildArgs: { A: '1' } },
    { buildArgs: { A: '2' } },
  ];
  const tags = await Promise.all(fields.map(tagOf));
  expect(new Set(tags).size).toBe(fields.length);
  expect(await tagOf({ buildArgs: { A: '1', B: '2' } })).toBe(await tagOf({ buildArgs: { B: '2', A: '1' } }));
  expect(await tagOf({ buildArgs: {} })).toBe(tags[0]);
  // The ignore file of the Dockerfile excludes the program.
  const before = await tagOf({ dockerfile: 'prod.Dockerfile' });
  await writeFile(join(source, 'prod.Dockerfile.dockerignore'), '*');
  const ignored = await tagOf({ dockerfile: 'prod.Dockerfile' });
  await writeFile(join(source, 'main.js'), 'changed');
  expect(await tagOf({ dockerfile: 'prod.Dockerfile' })).toBe(ignored);
  expect(ignored).not.toBe(before);
});

test('a failed build is reported without the values of build arguments', async () => {
  await enginesOnPath({ docker: 'exit 1' });
  const build = await dockerBuild('docker', { source: await sourceFolder(), buildArgs: { TOKEN: PASSWORD } });
  const { fix } = await problemOf(push(build));
  expect(fix[0]).toContain('--build-arg TOKEN=… ');
  expect(fix.join(' ')).not.toContain(PASSWORD);
});

test.each(['docker', 'podman', 'buildah'] as const)(
  'the values of build arguments are in the environment of %s, and are removed from its output',
  async (engine) => {
    const calls = await enginesOnPath({ [engine]: 'echo "A is $A, B is $B, TOKEN is $TOKEN"; exit 1' });
    const buildArgs = { A: '1', B: 'top:secret', TOKEN: PASSWORD };
    const build = await dockerBuild(engine, { source: await sourceFolder(), buildArgs });
    const { why } = await problemOf(push(build));
    expect(why).toBe('A is 1, B is (the value of B), TOKEN is (the value of TOKEN)');
    expect(JSON.stringify(await calls())).not.toContain('secret');
  },
);

test('a build argument whose name the engine reads itself does not change the environment of the engine', async () => {
  const calls = await enginesOnPath({ docker: 'echo "$DOCKER_HOST"; exit 1' });
  const buildArgs = { PATH: '/nowhere', DOCKER_HOST: 'tcp://nowhere' };
  await problemOf(push(await dockerBuild('docker', { source: await sourceFolder(), buildArgs })));
  expect((await calls())[0]?.args).toEqual(
    expect.arrayContaining(['PATH=/nowhere', 'DOCKER_HOST=tcp://nowhere']),
  );
});

test.each(['darwin', 'linux'] as const)('finch on %s receives the values of build arguments', (platform) => {
  const { args, env } = buildArguments('finch', { TOKEN: PASSWORD }, platform);
  const expected =
    platform === 'linux'
      ? [['--build-arg', 'TOKEN'], { TOKEN: PASSWORD }]
      : [['--build-arg', `TOKEN=${PASSWORD}`], {}];
  expect([args, env]).toEqual(expected);
});

test('a Dockerfile that does not exist is refused', async () => {
  const source = { source: await sourceFolder(), dockerfile: 'nowhere' };
  const { code, why } = await problemOf(dockerBuild('docker', source));
  expect({ code, why }).toEqual({ code: 'BUILDER', why: 'Its Dockerfile nowhere does not exist.' });
});

test('podman also accepts a Containerfile', async () => {
  const folder = await folderOf({ Containerfile: 'FROM scratch' });
  expect((await dockerBuild('podman', { source: folder })).engine).toBe('podman');
  await expect(dockerBuild('docker', { source: folder })).rejects.toMatchObject({ code: 'BUILDER' });
});
