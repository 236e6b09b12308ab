/** Shared by the runtime's tests: a task in a temporary folder, its programs, and a wait for a condition. */
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, realpath, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  startContainer,
  type RunningContainer,
  type ContainerSpec,
} from '../../../sandbox/runtime/container.ts';
import { removeTree } from '../../../sandbox/runtime/file-modes.ts';
import { localAddress } from '../../../sandbox/runtime/ports.ts';

export const PRIVATE_IP = '10.0.11.23';

/** A container under test, with its output so far. */
export interface TestContainer extends RunningContainer {
  stdout: string[];
  stderr: string[];
}

/** A task under test, with a folder whose name needs quoting, a root file system with programs, and containers. */
export class TestTask {
  readonly directory: string;
  readonly rootfs: string;
  private readonly containers: RunningContainer[] = [];

  private constructor(directory: string) {
    this.directory = directory;
    this.rootfs = join(directory, 'root fs');
  }

  static async create(programs: Record<string, string> = {}): Promise<TestTask> {
    const task = new TestTask(await mkdtemp(join(await realpath(tmpdir()), `slipway 'odd" task `)));
    for (const [path, text] of Object.entries(programs)) await task.write(path, text);
    return task;
  }

  async write(path: string, text: string, mode = 0o755): Promise<void> {
    const file = join(this.rootfs, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text, { mode });
  }

  async start(command: readonly string[], spec: Partial<ContainerSpec> = {}): Promise<TestContainer> {
    const written = { stdout: [] as string[], stderr: [] as string[] };
    const container = await startContainer(
      {
        name: `c${this.containers.length}`,
        taskDirectory: this.directory,
        privateIp: PRIVATE_IP,
        rootfs: this.rootfs,
        command,
        workingDirectory: '/app',
        environment: {},
        stopTimeoutMs: 5_000,
        ...spec,
      },
      { line: (stream, text) => written[stream].push(text) },
    );
    this.containers.push(container);
    return { ...container, ...written };
  }

  /** Runs JavaScript in a container until the container exits. */
  async evaluate(code: string, spec: Partial<ContainerSpec> = {}): Promise<TestContainer> {
    const container = await this.start(['node', '-e', code], spec);
    await container.exited;
    return container;
  }

  /** Waits until something in the task listens on a port. */
  async waitForListener(port: number): Promise<Exclude<ReturnType<typeof localAddress>, undefined>> {
    return until(() => Promise.resolve(localAddress(this.directory, port)), `a listener on port ${port}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Most programs of tests ignore SIGTERM, as they would as process 1 of a container.
    await Promise.all(this.containers.map((container) => container.stop(0)));
    await removeTree(this.directory);
  }
}

/** Polls until `probe` returns a result. */
export async function until<T>(
  probe: () => Promise<T | undefined | false> | T | undefined | false,
  what: string,
): Promise<T> {
  const deadline = Date.now() + 15_000;
  for (;;) {
    const result = await probe();
    if (result !== undefined && result !== false) return result;
    if (Date.now() > deadline) throw new Error(`timed out waiting for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Whether a process is running; zombies do not count. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !(process.platform === 'linux' && / Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8')));
  } catch {
    return false;
  }
}

/** Parses the last line of a container's output as JSON. */
export function lastJson(container: TestContainer): unknown {
  const line = container.stdout.at(-1);
  if (line === undefined) throw new Error(`no output on stdout; stderr: ${container.stderr.join('\n')}`);
  return JSON.parse(line);
}
