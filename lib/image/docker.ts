/** Builds an image from a source folder with its Dockerfile and a container engine, and pushes it to ECR. */
import { createHash, scryptSync } from 'node:crypto';
import { join, relative } from 'node:path';
import { GetAuthorizationTokenCommand } from '@aws-sdk/client-ecr';
import type { Aws } from '../aws/clients.ts';
import type { Source } from '../config/config.ts';
import { kindOf } from '../config/path-kind.ts';
import { ARCHITECTURE } from '../config/fargate.ts';
import { NOTHING_CHANGED, problem, type Problem } from '../model/problem.ts';
import { buildArguments, withoutValues } from './build-arguments.ts';
import type { DockerBuild } from './builds.ts';
import { contentHash } from './content.ts';
import { runEngine, type Engine } from './engine.ts';

/** The platform that Fargate runs by default; this machine may have a different one. */
const PLATFORM = `linux/${ARCHITECTURE}`;
/** The maximum number of lines of an engine's output that a problem shows. */
const MAX_LINES = 10;

/** The names of a Dockerfile, in the order in which an engine looks for them. */
const DOCKERFILES: Readonly<Record<Engine, readonly string[]>> = {
  docker: ['Dockerfile'],
  finch: ['Dockerfile', 'Containerfile'],
  podman: ['Containerfile', 'Dockerfile'],
  buildah: ['Containerfile', 'Dockerfile'],
};

/**
 * Describes the build of a source, without running it. Its tag is derived from the content of the build context and from the
 * settings of the build; a newer version of the base image does not change the tag.
 * @throws BUILDER when there is no Dockerfile
 */
export async function dockerBuild(engine: Engine, sources: Source): Promise<DockerBuild> {
  const { source, dockerfile, target, context = source, buildArgs = {} } = sources;
  const file = dockerfileFor(engine, sources);
  if (file === undefined) throw noDockerfile(engine, source, dockerfile);
  const isUsual = dockerfile === undefined && context === source;
  const content = await contentHash(context, { dockerfile: isUsual ? undefined : file });
  const args = Object.entries(buildArgs).sort(([a], [b]) => (a < b ? -1 : 1));
  const hasSettings = target !== undefined || args.length > 0;
  const hash = hasSettings ? hashOf(JSON.stringify([content, target, slowHashOf(args, content)])) : content;
  return {
    kind: 'docker',
    tag: `docker-${hash.slice(0, 16)}`,
    digest: undefined,
    engine,
    folder: context,
    options: [...(isUsual ? [] : ['--file', file]), ...(target === undefined ? [] : ['--target', target])],
    buildArgs,
  };
}

/**
 * Hashes build arguments slowly. A user who sees the tag in the registry cannot try many values: an argument may be private and
 * short. Without arguments, there is nothing to hide.
 */
const slowHashOf = (args: readonly (readonly [string, string])[], salt: string): string =>
  args.length === 0 ? '' : scryptSync(JSON.stringify(args), salt, 32).toString('hex');

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Returns the absolute path of the Dockerfile that an engine builds; undefined without a Dockerfile. */
export const dockerfileFor = (engine: Engine, { source, dockerfile }: Source): string | undefined =>
  (dockerfile === undefined ? DOCKERFILES[engine] : [dockerfile])
    .map((name) => join(source, name))
    .find((path) => kindOf(path) === 'file');

/** The repository that a build is pushed to, and the client that signs in to its registry. */
export interface Registry {
  readonly aws: Pick<Aws, 'ecr'>;
  readonly repositoryUri: string;
  readonly signal: AbortSignal;
}

/**
 * Builds an image and pushes it under its tag.
 * @throws BUILDER with the last lines of the engine's output
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/docker-push-ecr-image.html
 */
export async function pushBuild(registry: Registry, build: DockerBuild): Promise<void> {
  const { engine, tag } = build;
  const { repositoryUri, signal } = registry;
  const reference = `${repositoryUri}:${tag}`;
  await buildWithEngine(build, reference, signal);
  const password = await signIn(registry, engine);
  const pushed = await runEngine(engine, ['push', reference], { signal });
  if (pushed.ok) return;
  throw engineFailed(`${engine} could not push ${reference}.`, withoutSecret(pushed.output, password), [
    CHECK_REGISTRY,
  ]);
}

/** Builds an image, which the engine then has under a reference. @throws BUILDER with the last lines of the engine's output */
export async function buildWithEngine(
  { engine, folder, options, buildArgs }: DockerBuild,
  reference: string,
  signal: AbortSignal,
): Promise<void> {
  const path = relative(process.cwd(), folder) || '.';
  const command = ['build', '--platform', PLATFORM, ...options];
  const { args, env } = buildArguments(engine, buildArgs);
  const built = await runEngine(engine, [...command, ...args, '--tag', reference, folder], { signal, env });
  if (built.ok) return;
  const shown = Object.keys(buildArgs).flatMap((name) => ['--build-arg', `${name}=…`]);
  const rerunAdvice = `${[engine, ...command, ...shown, path].join(' ')}, to see its whole output`;
  throw engineFailed(`${engine} could not build ${path}.`, withoutValues(built.output, buildArgs), [
    rerunAdvice,
  ]);
}

const CHECK_REGISTRY =
  'Check that this machine can reach the registry; with AWS_ENDPOINT_URL, --builder bundle needs no registry.';

/**
 * The password of each run, keyed by the ECR client of the run. A run signs in once: a password is valid for the whole registry,
 * and concurrent logins of one engine clash.
 */
const passwords = new WeakMap<Registry['aws'], Promise<string>>();

/** Signs in once per run. @returns the password, which must not be shown */
async function signIn(registry: Registry, engine: string): Promise<string> {
  const password = passwords.get(registry.aws) ?? requestSignIn(registry, engine);
  passwords.set(registry.aws, password);
  return password;
}

/** @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry_auth.html */
async function requestSignIn({ aws, repositoryUri, signal }: Registry, engine: string): Promise<string> {
  const { authorizationData } = await aws.ecr(new GetAuthorizationTokenCommand({}));
  const token = Buffer.from(authorizationData?.[0]?.authorizationToken ?? '', 'base64').toString();
  const [, user = '', password = ''] = /^([^:]*):(.*)$/s.exec(token) ?? [];
  const [host = ''] = repositoryUri.split('/');
  const login = ['login', '--username', user, '--password-stdin', host];
  const { ok, output } = await runEngine(engine, login, { signal, input: password });
  if (ok) return password;
  throw engineFailed(`${engine} could not sign in to ${host}.`, withoutSecret(output, password), [
    CHECK_REGISTRY,
  ]);
}

const withoutSecret = (text: string, secret: string): string =>
  secret === '' ? text : text.replaceAll(secret, '(the password)');

/** @param output of the engine; the problem shows its last lines */
export const engineFailed = (what: string, output: string, fix: readonly string[] = []): Problem =>
  problem('BUILDER', {
    what,
    why: lastLines(output) || 'It printed nothing.',
    now: 'The image was not pushed.',
    fix: [...fix, 'npm run provision, to continue from here'],
  });

const lastLines = (output: string): string =>
  output
    .split(/\r?\n/)
    .map((line) => line.trimEnd())
    .filter((line) => line !== '')
    .slice(-MAX_LINES)
    .join('\n');

const noDockerfile = (engine: Engine, folder: string, dockerfile: string | undefined): Problem =>
  problem('BUILDER', {
    what: `${engine} cannot build ${relative(process.cwd(), folder) || '.'}.`,
    why: dockerfile === undefined ? 'It has no Dockerfile.' : `Its Dockerfile ${dockerfile} does not exist.`,
    now: NOTHING_CHANGED,
    fix: [
      `Add a Dockerfile to ${folder}.`,
      'or give the container an `image` by reference instead of `source`',
    ],
  });
