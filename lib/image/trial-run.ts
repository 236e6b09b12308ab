/** Runs a built program for a moment on this machine, and requests a path from it. */
import { fork, type ChildProcess } from 'node:child_process';
import { chownSync, copyFileSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BuiltProgram } from './builds.ts';
import { NODE_USER_ID } from './image-format.ts';
import { argumentsIn, bundledTrial, packagedTrial, unpackTrial, type TrialProgram } from './trial-program.ts';

/** A program, and the request that it receives. */
export interface Trial {
  readonly program: BuiltProgram;
  /** The variables of the program; it has no others, except PATH. */
  readonly environment: Readonly<Record<string, string>>;
  readonly protocol: 'HTTP' | 'HTTPS';
  /** The port on which the program should listen. */
  readonly port: number;
  readonly path: string;
  /** Whether a status code is a good response. The request is repeated until the response is good or time is up. */
  readonly isGood: (status: number) => boolean;
  readonly signal: AbortSignal;
  /** Milliseconds until the program must listen; 3000 by default. */
  readonly startTimeoutMs?: number;
  /** Milliseconds after that in which the response must become good; 1000 by default. A program may add routes late. */
  readonly responseTimeoutMs?: number;
}

const PRELOAD = 'trial-preload.cjs';
const RETRY_DELAY_MS = 100;

/**
 * Starts the program, sends the request, and kills the program.
 * @returns the status of the last response; undefined if the program ended, did not listen on its port, did not respond, or does
 *   not start with Node
 * @throws the signal's reason
 */
export async function tryProgram(trial: Trial): Promise<number | undefined> {
  const { signal } = trial;
  signal.throwIfAborted();
  const program = 'files' in trial.program ? packagedTrial(trial.program) : bundledTrial(trial.program);
  if (program === undefined) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'slipway-trial-'));
  try {
    const user = userOf(program);
    await unpack(program, folder, user);
    return await statusOf(trial, program, { folder, user });
  } finally {
    rmSync(folder, { recursive: true, force: true });
    signal.throwIfAborted();
  }
}

/**
 * Returns the user of the program: a separate one if this process is root, as in a task. As on the sandbox, the program runs as root
 * if other users cannot enter the folders of its packages.
 */
function userOf({ packages }: TrialProgram): number | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const source = packages.find((entry) => entry.type === 'file' && entry.source !== undefined);
  return source?.type === 'file' && isClosedToOthers(dirname(source.source ?? '/'))
    ? undefined
    : NODE_USER_ID;
}

const ENTER_BIT = 0o001;

const isClosedToOthers = (folder: string): boolean =>
  (statSync(folder).mode & ENTER_BIT) === 0 ||
  (dirname(folder) !== folder && isClosedToOthers(dirname(folder)));

async function unpack(program: TrialProgram, folder: string, owner: number | undefined): Promise<void> {
  const preload = join(folder, PRELOAD);
  copyFileSync(join(import.meta.dirname, PRELOAD), preload);
  await unpackTrial(program, folder, owner);
  if (owner === undefined) return;
  for (const path of [folder, preload]) chownSync(path, owner, owner);
}

async function statusOf(
  trial: Trial,
  program: TrialProgram,
  { folder, user }: { readonly folder: string; readonly user: number | undefined },
): Promise<number | undefined> {
  const { PATH = '' } = process.env;
  const child = fork(join(folder, program.file), argumentsIn(program, folder), {
    cwd: join(folder, program.workingFolder),
    env: { NODE_ENV: 'production', ...program.environment, PATH, ...trial.environment },
    execArgv: [...program.nodeOptions, '--require', join(folder, PRELOAD)],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    // Its own process group, so that its children can be killed, too.
    detached: true,
    ...(user === undefined ? {} : { uid: user, gid: user }),
  });
  const ended = new Promise<undefined>((resolve) => {
    child.once('error', () => resolve(undefined));
    child.once('close', () => resolve(undefined));
  });
  const kill = () => {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch {
      // The process has ended.
    }
  };
  process.once('exit', kill);
  try {
    return await Promise.race([ended, lastStatus(trial, child)]);
  } finally {
    kill();
    await ended;
    process.off('exit', kill);
  }
}

/** Waits until the program listens, and requests the path until the response is good or time is up. */
async function lastStatus(trial: Trial, child: ChildProcess): Promise<number | undefined> {
  const { signal, startTimeoutMs = 3000, responseTimeoutMs = 1000 } = trial;
  const port = await listeningPort(child, trial.port, deadlineAfter(startTimeoutMs, signal));
  if (port === undefined) return undefined;
  const deadline = deadlineAfter(responseTimeoutMs, signal);
  for (let last: number | undefined; ; await sleep(RETRY_DELAY_MS)) {
    last = (await statusAt(trial, port, deadline)) ?? last;
    if (deadline.aborted || (last !== undefined && trial.isGood(last))) return last;
  }
}

const deadlineAfter = (ms: number, signal: AbortSignal): AbortSignal =>
  AbortSignal.any([signal, AbortSignal.timeout(ms)]);

/** Returns the port of 127.0.0.1 that stands for a port of the program; undefined when the program does not listen on it. */
const listeningPort = (
  child: ChildProcess,
  port: number,
  deadline: AbortSignal,
): Promise<number | undefined> =>
  new Promise((resolve) => {
    if (deadline.aborted) resolve(undefined);
    deadline.addEventListener('abort', () => resolve(undefined), { once: true });
    child.on('message', (message) => {
      // The program can send messages, too.
      const { requested, actual } = Object(message) as { requested?: unknown; actual?: unknown };
      if (requested === port && isPort(actual)) resolve(actual);
    });
  });

const isPort = (value: unknown): value is number =>
  Number.isInteger(value) && Number(value) > 0 && Number(value) < 65_536;

/**
 * Requests the path once. Like the load balancer, it accepts any certificate.
 * @returns the status of the response, or undefined if the program does not respond
 */
const statusAt = (
  { protocol, path }: Trial,
  port: number,
  deadline: AbortSignal,
): Promise<number | undefined> =>
  new Promise((resolve) => {
    const request = protocol === 'HTTPS' ? requestHttps : requestHttp;
    const options = {
      host: '127.0.0.1',
      port,
      path,
      agent: false,
      rejectUnauthorized: false,
      signal: deadline,
    };
    request(options, (response) => {
      response.destroy();
      resolve(response.statusCode);
    })
      .on('error', () => resolve(undefined))
      .end();
  });
