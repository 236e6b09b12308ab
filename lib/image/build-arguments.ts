/** Passes the build arguments of a Dockerfile to an engine: every user of this machine can see the arguments of a process. Pure. */

/** Variables that change what an engine does, so a build argument of the same name must not be in its environment. */
const READ_BY_ENGINES =
  /^(?:PATH|PATHEXT|HOME|USER|USERPROFILE|SHELL|TMPDIR|TEMP|TMP|SYSTEMROOT|XDG_\w+|LD_\w+|DYLD_\w+|SSL_CERT_\w+|GODEBUG|\w+_PROXY|BUILDX_\w+|BUILDKIT_\w+|BUILDAH_\w+|CONTAINERS?_\w+|STORAGE_\w+|REGISTRY_AUTH_FILE|NERDCTL_\w+|DOCKER_(?:HOST|CONTEXT|CONFIG|TLS\w*|CERT_PATH|API_VERSION|BUILDKIT|DEFAULT_PLATFORM|CONTENT_TRUST\w*))$/i;
/** The length in characters of the shortest value that is removed from an output; `1` or `yes` would be found everywhere. */
const MIN_SECRET_LENGTH = 4;

/** How an engine receives build arguments: options without the values, and variables with them. */
interface PassedArguments {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Decides how an engine receives build arguments. An option without a value takes the value from the environment, except with
 * finch in its virtual machine, which has a separate environment.
 * @param buildArgs the values, keyed by name
 * @see https://docs.docker.com/reference/cli/docker/buildx/build/#build-arg
 */
export function buildArguments(
  engine: string,
  buildArgs: Readonly<Record<string, string>>,
  platform: NodeJS.Platform = process.platform,
): PassedArguments {
  const hasOwnEnvironment = engine === 'finch' && platform !== 'linux';
  const isInEnvironment = (name: string) => !hasOwnEnvironment && !READ_BY_ENGINES.test(name);
  const all = Object.entries(buildArgs).sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    args: all.flatMap(([name, value]) => ['--build-arg', isInEnvironment(name) ? name : `${name}=${value}`]),
    env: Object.fromEntries(all.filter(([name]) => isInEnvironment(name))),
  };
}

/** Removes the values of build arguments from the output of an engine. It also removes single lines of a value. */
export function withoutValues(output: string, buildArgs: Readonly<Record<string, string>>): string {
  const values = Object.entries(buildArgs)
    .flatMap(([name, value]) => [value, ...value.split(/\r?\n/)].map((text) => [name, text] as const))
    .filter(([, text]) => text.trim().length >= MIN_SECRET_LENGTH)
    // A value may contain another one.
    .sort(([, a], [, b]) => b.length - a.length);
  return values.reduce((text, [name, value]) => text.replaceAll(value, `(the value of ${name})`), output);
}
