/** Finds the environment variables that a program needs, and the local addresses that it requests. Pure. */
import type { SourceFile } from './source-files.ts';

/** An environment variable without a default. */
export interface NeededVariable {
  readonly name: string;
  /** The file that reads it. */
  readonly file: string;
  /** Why it has no value; by default because the file reads it without a default. */
  readonly why?: string;
}

/** Variables that Node, Slipway, ECS or the image set, or that programs do without. */
const USUAL =
  /^(?:NODE_.*|PORT|HOST|HOSTNAME|PATH|HOME|USER|PWD|TMPDIR|TZ|CI|DEBUG|LOG_LEVEL|NO_COLOR|FORCE_COLOR|AWS_.*|ECS_.*|npm_.*)$/;
const READ = /\bprocess\.env(?:\.(\w+)|\[\s*['"](\w+)['"]\s*\])\s*(\|\||\?\?|\?|[=!]==?|\s=(?!=))?/g;

/** Returns the variables that the files read and for which they have no default. */
export function neededVariables(files: readonly SourceFile[]): NeededVariable[] {
  const needed = new Map<string, NeededVariable>();
  const optional = new Set<string>();
  for (const { shown: file, text } of files)
    for (const [, dotted, indexed, operator] of text.matchAll(READ)) {
      const name = dotted ?? indexed ?? '';
      // A variable with a default, and one that is only compared, as in `process.env.MODE === 'test'`.
      if (operator !== undefined) optional.add(name);
      else if (!USUAL.test(name) && !needed.has(name)) needed.set(name, { name, file });
    }
  return [...needed.values()].filter(({ name }) => !optional.has(name));
}

/** Returns the ports of the URLs of this machine in the files. */
export const portsOfLocalUrls = (files: readonly SourceFile[]): number[] => [
  ...new Set(
    files.flatMap(({ text }) =>
      [...text.matchAll(/\b(?:localhost|127\.0\.0\.1):(\d{2,5})\b/g)]
        // The origins that a program accepts requests from are not where it sends requests.
        .filter(({ index }) => !/origins?\b|cors/i.test(text.slice(Math.max(0, index - 60), index)))
        .map(([, port]) => Number(port)),
    ),
  ),
];

/** Variables that name data stores and the like, and not another program of the repository. */
const OTHER_SYSTEM =
  /DATABASE|(?:^|_)DB(?:_|$)|MONGO|REDIS|POSTGRES|(?:^|_)PG|MYSQL|AMQP|RABBIT|KAFKA|S3|SENTRY|PUBLIC|CORS|CLIENT|ALLOWED|KEY|SECRET|TOKEN|PASSWORD/;
const ADDRESS =
  /(?:^|_)(?:URL|URI|HOST|ADDR|ADDRESS|ENDPOINT|ORIGIN|BASE|BACKEND|API|UPSTREAM|SERVICE|SERVER|GATEWAY)(?:_|$)/;

/** Whether a variable is likely to hold the address of another program of the repository. */
export const isAddress = (name: string): boolean => ADDRESS.test(name) && !OTHER_SYSTEM.test(name);

/** Whether the words of a variable contain the name of a program, e.g. `BACK_URL` that of `back`. */
export function namesProgram(variable: string, program: string): boolean {
  const words = variable.toLowerCase().split('_');
  return program
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .some((word) => word.length > 2 && words.includes(word));
}

/** Returns the value of a variable that holds an address in the same task. */
export const addressInTask = (name: string, port: number): string =>
  /(?:^|_)HOST(?:NAME)?$/.test(name) ? 'localhost' : `http://localhost:${port}`;
