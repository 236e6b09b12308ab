/** Intercepts: while a client holds one, another version of a service's program receives the requests of its deployed tasks. */
import { setMaxListeners } from 'node:events';
import { join } from 'node:path';
import type { PulledImage } from '../aws/ecr/pull.ts';
import type { ServiceRow } from '../aws/ecs/store.ts';
import type { SandboxClock } from '../world/clock.ts';
import type { Region } from '../world/region.ts';
import { startInterceptTask, type InterceptTask, type InterceptTaskSpec } from './intercept-task.ts';
import { startError } from './preflight.ts';
import { untilReady } from './readiness.ts';

/** An event of a version. */
export type VersionEvent = { readonly serviceArn: string; readonly version: number } & (
  | { readonly type: 'log'; readonly container: string; readonly text: string }
  /** It receives the requests from now on. */
  | { readonly type: 'serving' }
  /** It never received a request. */
  | { readonly type: 'failed'; readonly reason: string }
  /** It received requests, and has ended. */
  | { readonly type: 'ended'; readonly reason: string; readonly servedBy: 'version before' | 'deployed' }
);

/** The circumstances of all versions; `folder` is the parent of the folders of tasks. */
export interface InterceptOptions extends Pick<
  InterceptTaskSpec,
  'folder' | 'isolation' | 'runtime' | 'store'
> {
  readonly regions: () => readonly Region[];
  readonly clock: SandboxClock;
  readonly onEvent: (event: VersionEvent) => void;
  readonly reportError: (error: unknown) => void;
}

interface Version {
  readonly id: number;
  readonly region: Region;
  readonly task: InterceptTask;
  readonly controller: AbortController;
}

/** The versions of one service. */
interface Intercept {
  starting?: Version | undefined;
  serving?: Version | undefined;
  /** The version before; it takes over if the serving one ends soon. */
  standby?: { readonly version: Version; readonly cancel: () => void } | undefined;
}

/** The time in which a version must answer, in milliseconds. */
export const START_TIMEOUT_MS = 30_000;
/** The time for which the version before is kept, in milliseconds. It finishes its requests in this time. */
export const STANDBY_MS = 5_000;
/** How long the containers of a version may take to stop, in milliseconds. */
const STOP_MS = { replaced: 10_000, atEnd: 2_000, failed: 0 };

/** Makes the intercepts of one client. */
export function makeIntercepts(options: InterceptOptions) {
  const { folder, regions, isolation, runtime, store, clock, onEvent, reportError } = options;
  const intercepts = new Map<string, Intercept>();
  const stops = new Set<Promise<void>>();
  const tasks = new Set<InterceptTask>();
  let lastId = 0;
  let isClosed = false;

  const stop = ({ controller, task }: Version, maxMs: number): void => {
    controller.abort();
    const stopping: Promise<void> = task
      .stop(maxMs)
      .catch(reportError)
      .finally(() => {
        stops.delete(stopping);
        tasks.delete(task);
      });
    stops.add(stopping);
  };

  function endStandby(intercept: Intercept): void {
    const { standby } = intercept;
    intercept.standby = undefined;
    standby?.cancel();
    if (standby) stop(standby.version, STOP_MS.replaced);
  }

  function fail(serviceArn: string, intercept: Intercept, version: Version, reason: string): void {
    if (intercept.starting !== version) return;
    intercept.starting = undefined;
    stop(version, STOP_MS.failed);
    onEvent({ type: 'failed', serviceArn, version: version.id, reason });
  }

  function serve(serviceArn: string, intercept: Intercept, version: Version): void {
    if (intercept.starting !== version) return;
    intercept.starting = undefined;
    endStandby(intercept);
    const { serving } = intercept;
    intercept.serving = version;
    if (serving) {
      const cancel = clock.at(clock.now() + STANDBY_MS, () => endStandby(intercept));
      intercept.standby = { version: serving, cancel };
    }
    version.region.changed();
    onEvent({ type: 'serving', serviceArn, version: version.id });
  }

  /** Sends the requests back to the version before, or to the deployed tasks. */
  function fallBack(serviceArn: string, intercept: Intercept, version: Version, reason: string): void {
    if (intercept.standby?.version === version) return endStandby(intercept);
    if (intercept.serving !== version) return;
    intercept.standby?.cancel();
    intercept.serving = intercept.standby?.version;
    intercept.standby = undefined;
    stop(version, STOP_MS.failed);
    version.region.changed();
    const servedBy = intercept.serving ? 'version before' : 'deployed';
    onEvent({ type: 'ended', serviceArn, version: version.id, reason, servedBy });
  }

  async function bringUp(service: ServiceRow, version: Version): Promise<void> {
    const { region, task, controller } = version;
    let pendingText = 'it has not started';
    const signal = AbortSignal.any([controller.signal, AbortSignal.timeout(START_TIMEOUT_MS)]);
    setMaxListeners(0, signal);
    await task.started;
    await untilReady(region, service, task.folder, (text) => (pendingText = text), signal).catch(
      (error: unknown) => {
        const timedOut = (error as Error).name === 'TimeoutError';
        throw timedOut ? new Error(`After ${START_TIMEOUT_MS / 1000} s, ${pendingText}.`) : error;
      },
    );
  }

  return {
    /**
     * Starts a version of a service. It receives requests once it answers; until then, those that served before do. A version of
     * the service that has not answered yet is stopped.
     * @returns the number of the version, which its events carry
     * @throws Error if no task of the service runs
     */
    start(region: Region, service: ServiceRow, images: ReadonlyMap<string, PulledImage>): number {
      if (isClosed) throw new Error('The intercepts are closed.');
      const { serviceArn } = service;
      const intercept = intercepts.get(serviceArn) ?? {};
      const id = lastId + 1;
      const onLine = (container: string, text: string) =>
        onEvent({ type: 'log', serviceArn, version: id, container, text });
      const taskFolder = join(folder, `intercept-${region.id('v', 12)}`);
      const task = startInterceptTask({
        region,
        service,
        images,
        folder: taskFolder,
        isolation,
        runtime,
        store,
        onLine,
      });
      lastId = id;
      tasks.add(task);
      intercepts.set(serviceArn, intercept);
      const version = { id, region, task, controller: new AbortController() };
      if (intercept.starting) fail(serviceArn, intercept, intercept.starting, 'A newer version replaced it.');
      intercept.starting = version;
      void task.ended.then(({ name, exitCode }) => {
        const reason = `${name} ended with code ${exitCode}.`;
        fail(serviceArn, intercept, version, reason);
        fallBack(serviceArn, intercept, version, reason);
      });
      bringUp(service, version).then(
        () => serve(serviceArn, intercept, version),
        (error: unknown) => fail(serviceArn, intercept, version, reasonOf(error)),
      );
      return id;
    },

    /**
     * Returns the folder of the task that receives the requests of a deployed task; undefined if that is the deployed task itself.
     * A task of another revision keeps its requests: its ports may differ.
     */
    folderFor(taskArn: string): string | undefined {
      if (intercepts.size === 0) return undefined;
      const region = regions().find(({ name }) => name === taskArn.split(':')[3]);
      const row = region?.ecs.tasks.get(taskArn);
      if (!region || !row?.group?.startsWith('service:')) return undefined;
      const serviceName = row.group.slice('service:'.length);
      const service = region.ecs.services.find(
        (found) => found.clusterArn === row.clusterArn && found.serviceName === serviceName,
      );
      const task = intercepts.get(service?.serviceArn ?? '')?.serving?.task;
      return task?.taskDefinitionArn === row.taskDefinitionArn ? task.folder : undefined;
    },

    /** Sends all requests to the deployed tasks again, and resolves when every version has stopped. */
    async close(): Promise<void> {
      isClosed = true;
      for (const intercept of intercepts.values()) {
        const { starting, serving, standby } = intercept;
        standby?.cancel();
        Object.assign(intercept, { starting: undefined, serving: undefined, standby: undefined });
        for (const version of [starting, serving, standby?.version]) {
          version?.region.changed();
          if (version) stop(version, STOP_MS.atEnd);
        }
      }
      // Those that are stopping already must hurry, too.
      await Promise.all([...stops, ...[...tasks].map((task) => task.stop(STOP_MS.atEnd))]);
    },
  };
}

export type Intercepts = ReturnType<typeof makeIntercepts>;

/** Returns the reason of a failed start, with the container that caused it. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error) || error.name !== 'CannotStartTaskError')
    return String((error as Error).message);
  const { reason, containerReason, container } = startError(error).failure;
  return container === undefined ? reason : `${container}: ${containerReason ?? reason}`;
}
