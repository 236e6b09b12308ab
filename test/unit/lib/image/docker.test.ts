// Builds by a container engine: the commands that the engine receives, and the problems of failed builds.
import { GetAuthorizationTokenCommand } from '@aws-sdk/client-ecr';
import { expect, test } from '@jest/globals';
import { dockerBuild, pushBuild } from '../../../../lib/image/docker.ts';
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
  const build = await dockerBuild('docker', folder);
  expect(build).toMatchObject({ kind: 'docker', digest: undefined, engine: 'docker', folder });
  expect(build.tag).toMatch(/^docker-[0-9a-f]{16}$/);
  expect((await dockerBuild('podman', await sourceFolder())).tag).toBe(build.tag);
  expect(await calls()).toEqual([]);
});

test('an image is built for Fargate and pushed, and the engine reads the password from standard input', async () => {
  const calls = await enginesOnPath({ podman: '' });
  mockToken();
  const build = await dockerBuild('podman', await sourceFolder());
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
  const { why } = await problemOf(push(await dockerBuild('docker', await sourceFolder())));
  expect(why).toBe('attestations off: 1');
});

test('a run signs in only once, even if it pushes several images', async () => {
  const calls = await enginesOnPath({ docker: '' });
  mockToken();
  const { aws } = lookContextOf();
  const build = await dockerBuild('docker', await sourceFolder());
  await Promise.all([push(build, aws), push(build, aws)]);
  // Another run signs in again.
  await push(build, lookContextOf().aws);
  expect((await calls()).filter(({ args: [verb] }) => verb === 'login')).toHaveLength(2);
  expect(sentCalls()).toHaveLength(2);
});

test("a failed build is reported with the last lines of the engine's output", async () => {
  await enginesOnPath({ docker: 'seq 1 40; echo; echo "ERROR: no such base" >&2; exit 1' });
  const { code, what, why, fix } = await problemOf(push(await dockerBuild('docker', await sourceFolder())));
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
  const problem = await problemOf(push(await dockerBuild('docker', await sourceFolder())));
  expect(problem.code).toBe('BUILDER');
  expect(problem.what).toMatch(what);
  expect(problem.why).toBe('denied: (the password)');
  expect(JSON.stringify({ ...problem, stack: problem.stack, cause: problem.cause })).not.toContain(PASSWORD);
});

test('a folder without a Dockerfile is refused before anything is built', async () => {
  const folder = await folderOf({ 'src/main.ts': '' });
  const { code, why, fix } = await problemOf(dockerBuild('docker', folder));
  expect({ code, why }).toEqual({ code: 'BUILDER', why: 'It has no Dockerfile.' });
  expect(fix.join(' ')).toContain('image');
});

test('podman also accepts a Containerfile', async () => {
  const folder = await folderOf({ Containerfile: 'FROM scratch' });
  expect((await dockerBuild('podman', folder)).engine).toBe('podman');
  await expect(dockerBuild('docker', folder)).rejects.toMatchObject({ code: 'BUILDER' });
});
