/** The start of a program: the command, environment, user and folder with which both targets start it, and where its files are. */

import type { Architecture } from '../config/fargate.ts';

/** The fields of a container's configuration that decide what starts. */
export interface StartSettings {
  /** The file that starts the program, relative to its folder. */
  readonly entry?: string | undefined;
  /** The command, which replaces the image's CMD as in a task definition. */
  readonly command?: readonly string[] | undefined;
  readonly user?: string | undefined;
  /** The processors of the tasks, on which a Dockerfile may depend; x86_64 by default. */
  readonly architecture?: Architecture | undefined;
  /** The Dockerfile, relative to the folder of the program; `Dockerfile` by default. */
  readonly dockerfile?: string | undefined;
  /** The stage of the Dockerfile to use instead of the last one. */
  readonly target?: string | undefined;
  /** The folder that paths in the Dockerfile are relative to, relative to the folder of the program; `.` by default. */
  readonly context?: string | undefined;
  readonly buildArgs?: Readonly<Record<string, string>> | undefined;
  /** The folders that the program can write to although its root is read-only, absolute. */
  readonly writable?: readonly string[] | undefined;
}

/** The source of the start, the most specific first. */
export type StartSource = 'configuration' | 'dockerfile' | 'start script' | 'main' | 'convention';

/** A part of the program's folder that the image contains at a second place, because the Dockerfile copies it there. */
export interface CopiedPath {
  /** Relative to the folder of the program, with slashes: `dist` or `.next/standalone`. */
  readonly from: string;
  /** The absolute path in the image: the place of the file, or of the folder whose content is `from`. */
  readonly to: string;
}

/** The base image that a program expects. */
export type ProgramBase =
  /** @param major the version of Node that the Dockerfile names, e.g. 20; undefined if any will do */
  | { readonly kind: 'node'; readonly major: number | undefined }
  /** Without Node: only a container engine can build and run it. @param reference e.g. `python:3.12-slim` */
  | { readonly kind: 'other'; readonly reference: string };

/** The start of a program. All paths in the image are absolute and have slashes. */
export interface ProgramStart {
  readonly source: StartSource;
  /** One sentence for the plan: which command starts, and why. */
  readonly reason: string;
  /** The ENTRYPOINT of the image, which may be empty. */
  readonly entrypoint: readonly string[];
  /** The CMD of the image. `entrypoint` followed by `command` is what starts. */
  readonly command: readonly string[];
  /**
   * The variables of the image, with PATH; NODE_ENV is `production` unless the program sets it. The variables of the container's
   * configuration take precedence over them.
   */
  readonly environment: Readonly<Record<string, string>>;
  /** `1000:1000` by default. */
  readonly user: string;
  /** The working directory. */
  readonly workingFolder: string;
  /** The signal that stops the program, e.g. `SIGQUIT`; undefined for SIGTERM. */
  readonly stopSignal: string | undefined;
  /** The ports that the Dockerfile exposes. */
  readonly ports: readonly number[];
  /** The place of the program's folder in the image: `/app`, or `/app/packages/api` for a package of a workspace. */
  readonly folder: string;
  /**
   * The place of the workspace's root in the image, which holds hoisted packages. It is the same as `folder` without a workspace,
   * and where a Dockerfile moves a package out of its workspace.
   */
  readonly workspaceFolder: string;
  /** The copies of parts of the folder. A later copy replaces files of an earlier one. */
  readonly copies: readonly CopiedPath[];
  /** Paths of build output, relative to the folder, that the image contains although ignore files exclude them. */
  readonly outputs: readonly string[];
  /** Whether the image contains compiled files in place of the program's own TypeScript files (`compiledPath`). */
  readonly compiles: boolean;
  /** The file that Node runs, relative to the folder, as it is named before compilation; undefined for other commands. */
  readonly entry: string | undefined;
  readonly base: ProgramBase;
  /** One sentence for each difference between this start and the image that the Dockerfile would build. */
  readonly differences: readonly string[];
}

/** Returns the path of the file that a TypeScript file is compiled to; other paths, and declarations, stay the same. */
export const compiledPath = (path: string): string =>
  /\.d\.[cm]?ts$/.test(path) ? path : path.replace(/\.tsx?$/, '.js').replace(/\.([cm])ts$/, '.$1js');

/** The folder of a program in an image without a Dockerfile. */
export const DEFAULT_FOLDER = '/app';
