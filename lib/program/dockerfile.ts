/** Reads the stage of a Dockerfile that becomes the image: its command, environment, user, folder, ports, copies and steps. Pure. */
import { posix } from 'node:path';
import { DockerfileParser, type Copy, type Env, type From, type Instruction } from 'dockerfile-ast';
import { architectureNames, type Architecture } from '../config/fargate.ts';
import { commandIn, jsonArray, portsIn, scriptOf, textOf } from './docker-arguments.ts';
import { expandWord } from './docker-variables.ts';

/** A stage with everything that it inherits from the stages that it is based on. */
export interface DockerStage {
  /** The reference of the image that the first of these stages is based on, e.g. `node:20-alpine`. */
  readonly base: string;
  /** Undefined if the base image decides. */
  readonly entrypoint: readonly string[] | undefined;
  /** Undefined if the base image decides. */
  readonly command: readonly string[] | undefined;
  readonly environment: Readonly<Record<string, string>>;
  /** Absolute; `/` by default. */
  readonly workingFolder: string;
  readonly user: string | undefined;
  readonly ports: readonly number[];
  /** The signal that stops the program, if it is not SIGTERM. */
  readonly stopSignal: string | undefined;
  readonly copies: readonly DockerCopy[];
  /** The shell commands of the RUN steps. */
  readonly runs: readonly string[];
}

/** A COPY or ADD step. */
export interface DockerCopy {
  /** The stage that the sources are in; undefined for the build context, `image` for another image or a URL. */
  readonly stage: DockerStage | 'image' | undefined;
  /** Paths in the build context, or absolute paths in the stage. */
  readonly from: readonly string[];
  /** Absolute, with a trailing slash if the step writes one or copies into the working folder. */
  readonly to: string;
}

export interface StageOptions {
  /** The name or number of a stage; by default the last. */
  readonly target?: string | undefined;
  readonly buildArgs?: Readonly<Record<string, string>> | undefined;
  readonly architecture?: Architecture | undefined;
}

/** The search path of official images. */
export const BASE_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

interface Stage extends DockerStage {
  name: string;
  base: string;
  entrypoint: readonly string[] | undefined;
  command: readonly string[] | undefined;
  environment: Record<string, string>;
  workingFolder: string;
  user: string | undefined;
  ports: number[];
  stopSignal: string | undefined;
  copies: DockerCopy[];
  runs: string[];
  shell: readonly string[];
  readonly arguments: Map<string, string>;
  /** Whether this stage itself sets a CMD: an ENTRYPOINT removes an inherited one. */
  hasCommand: boolean;
}

/**
 * Reads a Dockerfile.
 * @returns the stage, or undefined when there is no such stage
 * @see https://docs.docker.com/reference/dockerfile/
 */
export function readStage(
  text: string,
  { target, buildArgs = {}, architecture }: StageOptions = {},
): DockerStage | undefined {
  const stages: Stage[] = [];
  const { image } = architectureNames(architecture);
  const globals = new Map([
    ...['TARGETPLATFORM', 'BUILDPLATFORM'].map((name) => [name, `linux/${image}`] as const),
    ...['TARGETARCH', 'BUILDARCH'].map((name) => [name, image] as const),
    ...['TARGETOS', 'BUILDOS'].map((name) => [name, 'linux'] as const),
  ]);
  for (const instruction of DockerfileParser.parse(text).getInstructions()) {
    const stage = stages.at(-1);
    const keyword = instruction.getKeyword();
    if (keyword === 'FROM') stages.push(newStage(instruction as From, stages, globals));
    else if (stage) apply(stage, instruction, { stages, globals, buildArgs });
    else if (keyword === 'ARG') setArgument(instruction, globals, globals, buildArgs);
  }
  if (target === undefined) return stages.at(-1);
  return (
    stages.find(({ name }) => name === target.toLowerCase()) ??
    stages[/^\d+$/.test(target) ? Number(target) : -1]
  );
}

function newStage(from: From, stages: readonly Stage[], globals: ReadonlyMap<string, string>): Stage {
  const base = expandWord(from.getImage() ?? '', globals);
  const parent = stages.find(({ name }) => name === base.toLowerCase());
  return {
    base,
    entrypoint: undefined,
    command: undefined,
    user: undefined,
    workingFolder: '/',
    stopSignal: undefined,
    shell: ['/bin/sh', '-c'],
    ...parent,
    name: from.getBuildStage()?.toLowerCase() ?? '',
    environment: { ...parent?.environment },
    ports: [...(parent?.ports ?? [])],
    copies: [...(parent?.copies ?? [])],
    runs: [...(parent?.runs ?? [])],
    arguments: new Map(parent?.arguments),
    hasCommand: false,
  };
}

interface Surroundings {
  readonly stages: readonly Stage[];
  readonly globals: ReadonlyMap<string, string>;
  readonly buildArgs: Readonly<Record<string, string>>;
}

function apply(stage: Stage, instruction: Instruction, { stages, globals, buildArgs }: Surroundings): void {
  const variables = new Map([...stage.arguments, ['PATH', BASE_PATH], ...Object.entries(stage.environment)]);
  const words = () =>
    instruction.getArguments().map((argument) => expandWord(argument.getValue(), variables));
  switch (instruction.getKeyword()) {
    case 'ARG':
      return setArgument(instruction, stage.arguments, globals, buildArgs);
    case 'ENV':
      for (const property of (instruction as Env).getProperties())
        stage.environment[property.getName()] = expandWord(property.getUnescapedValue() ?? '', variables);
      return;
    case 'WORKDIR':
      stage.workingFolder = posix.resolve(stage.workingFolder, words().join(' '));
      return;
    case 'USER':
      stage.user = words()[0];
      return;
    case 'EXPOSE':
      stage.ports = [...new Set([...stage.ports, ...words().flatMap(portsIn)])];
      return;
    case 'STOPSIGNAL':
      stage.stopSignal = words()[0];
      return;
    case 'SHELL':
      stage.shell = jsonArray(instruction) ?? stage.shell;
      return;
    case 'CMD':
      stage.command = commandIn(instruction, stage.shell);
      stage.hasCommand = true;
      return;
    case 'ENTRYPOINT':
      stage.entrypoint = commandIn(instruction, stage.shell);
      if (!stage.hasCommand) stage.command = undefined;
      return;
    case 'RUN':
      stage.runs.push(jsonArray(instruction)?.join(' ') ?? scriptOf(textOf(instruction)));
      return;
    case 'COPY':
    case 'ADD':
      stage.copies.push(...copyOf(stage, instruction as Copy, stages, variables));
      return;
  }
}

function setArgument(
  instruction: Instruction,
  values: Map<string, string>,
  globals: ReadonlyMap<string, string>,
  buildArgs: Readonly<Record<string, string>>,
): void {
  for (const argument of instruction.getArguments()) {
    const [, name = '', value] = /^(\w+)(?:=([^]*))?$/.exec(argument.getValue()) ?? [];
    const fallback =
      value === undefined ? globals.get(name) : expandWord(value, new Map([...globals, ...values]));
    const chosen = Object.hasOwn(buildArgs, name) ? buildArgs[name] : fallback;
    if (chosen !== undefined) values.set(name, chosen);
  }
}

function* copyOf(
  stage: Stage,
  instruction: Copy,
  stages: readonly Stage[],
  variables: ReadonlyMap<string, string>,
): Iterable<DockerCopy> {
  const words = jsonArray(instruction) ?? instruction.getArguments().map((argument) => argument.getValue());
  const [target = '', ...sources] = words.map((word) => expandWord(word, variables)).reverse();
  if (sources.length === 0) return;
  const flag = instruction
    .getFlags()
    .find((one) => one.getName() === 'from')
    ?.getValue()
    ?.toLowerCase();
  const named =
    stages.find(({ name }) => name === flag) ?? (/^\d+$/.test(flag ?? '') ? stages[Number(flag)] : undefined);
  const isRemote = sources.some((source) => /^(https?:|git@|<<)/.test(source));
  const isFolder = /(^|\/)\.{0,2}$/.test(target) || sources.length > 1;
  const to = posix.resolve(stage.workingFolder, target);
  yield {
    stage: isRemote || (flag !== undefined && !named) ? 'image' : named,
    from: sources.reverse(),
    to: isFolder && to !== '/' ? `${to}/` : to,
  };
}
