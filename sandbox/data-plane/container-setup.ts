/** Derives from a task definition and an image how to run a container: its command, its variables and its log stream. */
import type { ContainerDefinition, RuntimePlatform } from '@aws-sdk/client-ecs';
import type { RunningContainer } from '../runtime/container.ts';
import type { OpenFileLimits } from '../runtime/open-files.ts';
import type { Region } from '../world/region.ts';

/** A container of a task; `pid` is undefined when the container has no process because its program cannot be executed. */
export type TaskContainer = Omit<RunningContainer, 'pid'> & { readonly pid?: number };

/** Returns the last part of a task's ARN, which names its folder and its log streams. */
export const taskIdOf = (taskArn: string): string => taskArn.split('/').at(-1) ?? '';

/**
 * Returns the command of a container. The definition takes precedence over the image. An entry point in the definition
 * replaces both the entry point and the command of the image.
 */
export function commandOf(
  { entryPoint, command }: ContainerDefinition,
  image: { readonly entrypoint: readonly string[]; readonly command: readonly string[] },
): string[] {
  if (entryPoint?.length) return [...entryPoint, ...(command ?? [])];
  return [...image.entrypoint, ...(command?.length ? command : image.command)];
}

/** @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-metadata.html */
export const environmentOf = (
  region: Region,
  { environment = [] }: ContainerDefinition,
): Record<string, string> => ({
  AWS_EXECUTION_ENV: 'AWS_ECS_FARGATE',
  AWS_REGION: region.name,
  AWS_DEFAULT_REGION: region.name,
  ...Object.fromEntries(environment.map(({ name = '', value = '' }) => [name, value])),
});

/** Returns the limits of open files in a definition; undefined if it has none. */
export const openFilesOf = ({ ulimits = [] }: ContainerDefinition): OpenFileLimits | undefined =>
  ulimits
    .filter(({ name }) => name === 'nofile')
    .map(({ softLimit = 0, hardLimit = 0 }) => ({ soft: softLimit, hard: hardLimit }))[0];

/** Returns the architecture of a task under the name that images use. */
export const architectureOf = (platform: RuntimePlatform | undefined): 'amd64' | 'arm64' =>
  platform?.cpuArchitecture === 'ARM64' ? 'arm64' : 'amd64';

/**
 * Returns a container whose program is for another architecture. If the image reference names an image for another
 * architecture directly, not an index, ECS pulls the image, and the kernel then refuses to execute the program.
 * @param writeLine receives the line that the container runtime logs
 */
export function containerOfOtherArchitecture(
  program: string,
  writeLine: (text: string) => void,
): TaskContainer {
  writeLine(`exec ${program}: exec format error`);
  // As for a real process, the exit is reported after the start.
  const exited = new Promise<{ exitCode: number }>((resolve) => setImmediate(resolve, { exitCode: 1 }));
  return {
    exited,
    stop: () => exited,
    kill: () => undefined,
    run: async () => ({ exitCode: 1, output: '', timedOut: false }),
    execute: () => Promise.reject(new Error('The container is not running.')),
  };
}
