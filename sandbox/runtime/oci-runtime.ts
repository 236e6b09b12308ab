/** Starts containers with an OCI runtime of this machine, for images whose programs are not Node's. Linux only. */
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CannotStartContainerError, DEFAULT_PATH, healthCheckCommand } from './command.ts';
import type {
  ContainerCommandResult,
  ContainerOutput,
  ContainerSpec,
  RunningContainer,
} from './container.ts';
import { makeLineSplitter } from './lines.ts';
import { startOciExecution } from './oci-execution.ts';
import { bridgeNetwork } from './oci-network.ts';
import { ociSpec } from './oci-spec.ts';
import { filtersSystemCalls } from './find-oci-runtime.ts';
import { withOpenFiles } from './open-files.ts';
import { recordContainer, removeRecord } from './orphaned-containers.ts';
import { reachesProcessOne } from './pid-one.ts';
import { portsFolder } from './ports.ts';
import { signalNumber, startProcess, startWatchdog } from './process.ts';
import { stopWithin } from './stop-deadline.ts';
import { privateHostname } from './task.ts';
import { resolveUser } from './user.ts';

/** How long a runtime may take to start a program, in milliseconds. */
const START_TIMEOUT_MS = 30_000;
const POLL_MS = 5;
const MAX_OUTPUT_BYTES = 4096;
const SIGKILL = signalNumber('SIGKILL');

/**
 * Starts a container in its own namespaces. Its `rootfs` must be a separate folder, because the runtime adds mount points to it.
 * @throws CannotStartContainerError when the program or the user is not in the image, or the program cannot be run
 */
export async function startOciContainer(
  runtime: string,
  spec: ContainerSpec,
  output: ContainerOutput,
): Promise<RunningContainer> {
  const { name, taskDirectory, rootfs } = spec;
  const stopSignal = signalNumber(spec.stopSignal ?? 'SIGTERM');
  const user = await resolveUser(rootfs, spec.user ?? '');
  const bundle = join(taskDirectory, `oci-${name}`);
  // The configuration has the variables of the program, which other users of this machine must not read.
  await mkdir(bundle, { recursive: true, mode: 0o700 });
  await mkdir(portsFolder(taskDirectory), { recursive: true });
  const hostname = spec.environment.HOSTNAME ?? privateHostname(spec.privateIp, spec.environment.AWS_REGION);
  const environment = { PATH: DEFAULT_PATH, HOSTNAME: hostname, ...spec.environment };
  const isRoot = process.getuid?.() === 0;
  const rootless = isRoot ? undefined : { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  await writeFile(
    join(bundle, 'hosts'),
    `127.0.0.1 localhost\n::1 localhost\n${spec.privateIp} ${hostname}\n`,
  );
  const config = ociSpec({
    ...{ rootfs, environment, user, rootless },
    hasSeccomp: filtersSystemCalls(runtime),
    readOnlyRoot: spec.readOnlyRoot ?? false,
    command: spec.command,
    workingDirectory: spec.workingDirectory,
    hostname: hostname.split('.')[0] ?? hostname,
    mounts: [
      { from: join(bundle, 'hosts'), to: '/etc/hosts', readOnly: true },
      ...(existsSync('/etc/resolv.conf')
        ? [{ from: '/etc/resolv.conf', to: '/etc/resolv.conf', readOnly: true }]
        : []),
      ...(spec.volumes ?? []).map((volume) => ({ ...volume, readOnly: false })),
    ],
  });
  await writeFile(join(bundle, 'config.json'), JSON.stringify(config), { mode: 0o600 });
  // Containers of all tasks have names in one place of the kernel, such as their control groups.
  const id = `slipway-${process.pid}-${taskDirectory
    .split('/')
    .at(-1)
    ?.replace(/[^\w.-]/g, '')}-${name}`;
  const globals = ['--root', join(bundle, 'state')];
  const pidFile = join(bundle, 'pid');
  const runtimeEnvironment = { PATH: process.env.PATH ?? DEFAULT_PATH };
  const startIn = (args: string[], write: Parameters<typeof startProcess>[1]) =>
    startProcess(
      // Containers inherit the limits of their runtime.
      {
        ...withOpenFiles({ file: runtime, args }, spec.openFiles),
        folder: bundle,
        environment: runtimeEnvironment,
      },
      write,
    );

  const lines = {
    stdout: makeLineSplitter((text) => output.line('stdout', text)),
    stderr: makeLineSplitter((text) => output.line('stderr', text)),
  };
  const early: Buffer[] = [];
  let hasStarted = false;
  const main = await startIn(
    [...globals, 'run', '--bundle', bundle, '--pid-file', pidFile, id],
    (stream, chunk) => {
      // Before the program runs, the runtime itself writes.
      if (!hasStarted && stream === 'stderr') early.push(chunk);
      else lines[stream].write(chunk);
    },
  );
  let hasEnded = false;
  void main.exited.then(() => (hasEnded = true));
  const pid = await firstProcess(pidFile, () => hasEnded);
  hasStarted = true;
  const earlyText = Buffer.concat(early);
  if (pid === undefined) {
    main.signal(SIGKILL);
    throw new CannotStartContainerError(reasonIn(earlyText.toString()));
  }
  lines.stderr.write(earlyText);
  const kill = (signal = SIGKILL) => signalProcess(pid, signal);
  const bridge = bridgeNetwork({
    name,
    taskDirectory,
    privateIp: spec.privateIp,
    pid,
    isRootless: !isRoot,
  });
  // The runtime has a watchdog already, but its end does not end the container.
  const watchdog = startWatchdog(pid);
  await recordContainer(taskDirectory, name, pid).catch(() => undefined);

  let endedBySignal: number | undefined;
  const exited = main.exited.then(async (exitCode) => {
    bridge.close();
    watchdog.kill('SIGKILL');
    lines.stdout.end();
    lines.stderr.end();
    await removeRecord(taskDirectory, name).catch(() => undefined);
    return { exitCode: endedBySignal === undefined ? exitCode : 128 + endedBySignal };
  });

  const stop = stopWithin({
    exited,
    isRunning: () => !hasEnded,
    signalStop() {
      const reaches = reachesProcessOne(pid, stopSignal);
      if (reaches) kill(stopSignal);
      // An init process would pass the signal on to the program, which has no handler for it and would end.
      else if (spec.hasInitProcess) {
        endedBySignal = stopSignal;
        kill();
      }
    },
    kill: () => kill(),
    stopTimeoutMs: spec.stopTimeoutMs,
  });

  const run = async (command: readonly string[], timeoutMs: number): Promise<ContainerCommandResult> => {
    if (hasEnded) return { exitCode: 137, output: 'the container is not running', timedOut: false };
    const checkFile = join(bundle, `check-${Math.random().toString(36).slice(2)}`);
    let written = Buffer.alloc(0);
    const args = [...globals, 'exec', '--pid-file', checkFile, id, ...healthCheckCommand(command)];
    const check = await startIn(args, (_, chunk) => {
      written = Buffer.concat([written, chunk]).subarray(0, MAX_OUTPUT_BYTES);
    });
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      const checkPid = pidIn(checkFile);
      if (checkPid !== undefined) signalProcess(checkPid, SIGKILL);
      check.signal(SIGKILL);
    }, timeoutMs);
    const exitCode = await check.exited;
    clearTimeout(timer);
    return { exitCode: timedOut ? 137 : exitCode, output: written.toString(), timedOut };
  };

  const execute: RunningContainer['execute'] = (command, size) =>
    startOciExecution(
      { runtime, globals, bundle, id, environment: runtimeEnvironment, exited: main.exited },
      command,
      size,
    );

  return { pid, exited, stop, kill: () => kill(), run, execute };
}

/** Waits until the runtime has started the program; returns undefined if the runtime ended instead. */
async function firstProcess(pidFile: string, hasEnded: () => boolean): Promise<number | undefined> {
  const deadline = performance.now() + START_TIMEOUT_MS;
  while (performance.now() < deadline) {
    const pid = pidIn(pidFile);
    if (pid !== undefined || hasEnded()) return pid;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  return undefined;
}

function pidIn(file: string): number | undefined {
  try {
    return Number(readFileSync(file, 'utf8')) || undefined;
  } catch {
    return undefined;
  }
}

/** Extracts the reason from what a runtime writes: `… unable to start container process: exec: "x": … not found in $PATH: unknown`. */
function reasonIn(text: string): string {
  // In runc's log lines, the message is quoted.
  const last = (text.trim().split('\n').at(-1) ?? '').replace(/\\"/g, '"');
  const [, why = last] = /unable to start container process: (.*)$/.exec(last) ?? [];
  return why.replace(/"\s*$/, '').replace(/: unknown$/, '') || 'the container runtime printed nothing';
}

function signalProcess(pid: number, signal: number): void {
  try {
    process.kill(pid, signal);
  } catch {
    // The process has ended.
  }
}
