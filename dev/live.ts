/** Keeps the running versions of the services up to date with their sources: builds, starts, and reports each change in one line. */
import { relative } from 'node:path';
import type { Container, Service, Source } from '../lib/config/config.ts';
import { messageOf } from '../lib/aws/errors.ts';
import { waitForAll } from '../lib/engine/concurrent.ts';
import type { BuiltSource, OpenSourceBuilder, SourceBuilder } from '../lib/image/source-builder.ts';
import { Problem } from '../lib/model/problem.ts';
import type { Report } from '../lib/model/report.ts';
import { durationText } from '../lib/run/progress/duration-text.ts';
import type { InterceptSession, VersionEvent } from '../sandbox/intercept-client.ts';
import { shownChange } from './shown-change.ts';
import type { RunningStack } from './stack.ts';
import { versionImageOf } from './version-image.ts';
import type { FileChange } from './watch.ts';

export interface LiveOptions {
  readonly session: InterceptSession;
  readonly report: Report;
  readonly openBuilder: OpenSourceBuilder;
  /** Receives the inputs of every build, which may be outside of the source folders. */
  readonly onInputs: (inputs: Pick<BuiltSource, 'inputs' | 'folders'>) => void;
}

/** The source of a container. */
interface WatchedSource {
  readonly folder: string;
  readonly builder: SourceBuilder;
  /** The last good build. */
  built?: BuiltSource | undefined;
}

/** A version that has been started. */
interface Started {
  readonly service: string;
  /** What has changed, for the line about its outcome. */
  readonly text: string;
  /** When it changed, in milliseconds of `performance.now()`. */
  readonly at: number;
  /** Called when it serves, or has failed. */
  readonly onSettled: () => void;
}

/** A start; an object, so that awaiting the start does not await its outcome. */
interface Settled {
  readonly settled: Promise<void>;
}
const NOTHING: Settled = { settled: Promise.resolve() };

type SourceContainer = Container & { readonly image: Source };
const isFromSource = (container: Container): container is SourceContainer => 'source' in container.image;
const sourceContainersOf = ({ containers }: Service): SourceContainer[] => containers.filter(isFromSource);

/** Returns the source folders of the services, each once. */
export const sourceFoldersOf = (services: readonly Service[]): string[] => [
  ...new Set(services.flatMap((service) => sourceContainersOf(service).map(({ image }) => image.source))),
];

/** Makes the updater of a stack. */
export function makeLive({ session, report, openBuilder, onInputs }: LiveOptions) {
  /** By the key of the container. */
  const sources = new Map<string, WatchedSource>();
  const started = new Map<number, Started>();
  /** Events of versions whose start has not returned yet. */
  const earlyEvents = new Map<number, VersionEvent>();
  /** The digests of the images that each service runs. */
  const runningDigests = new Map<string, string>();
  let stack: RunningStack | undefined;

  const note = (text: string) => report({ type: 'note', text });
  const warn = (text: string) => report({ type: 'warning', text });

  const allContainers = () =>
    (stack?.config.services ?? []).flatMap((service) =>
      sourceContainersOf(service).map((container) => ({ ...container, architecture: service.architecture })),
    );

  /** Builds a source. @returns whether that succeeded */
  async function build(source: WatchedSource): Promise<boolean> {
    try {
      source.built = await source.builder.build();
      onInputs(source.built);
      return true;
    } catch (error) {
      const why = error instanceof Problem ? error.why : messageOf(error);
      warn(`${shown(source.folder)} cannot be built; the version before still serves. ${why}`);
      return false;
    }
  }

  /**
   * Starts the version of a service that its last good builds make, unless it runs already.
   * @returns what resolves when the version serves, or has failed
   */
  async function start(service: Service, change: FileChange, text: string): Promise<Settled> {
    const serviceArn = stack?.serviceArns.get(service.name);
    const images = sourceContainersOf(service).flatMap(({ name, key }) => {
      const built = sources.get(key)?.built;
      return built ? [[name, versionImageOf(built)] as const] : [];
    });
    const containers = sourceContainersOf(service);
    if (serviceArn === undefined || containers.length === 0 || images.length < containers.length)
      return NOTHING;
    const digests = images.map(([, { digest }]) => digest).join();
    if (runningDigests.get(service.name) === digests) {
      note(`${text}: the program is the same`);
      return NOTHING;
    }
    runningDigests.set(service.name, digests);
    try {
      const version = await session.start(serviceArn, new Map(images));
      const settled = new Promise<void>((onSettled) =>
        started.set(version, { service: service.name, text, at: change.at, onSettled }),
      );
      const early = earlyEvents.get(version);
      earlyEvents.delete(version);
      if (early) onOutcome(early);
      return { settled };
    } catch (error) {
      runningDigests.delete(service.name);
      warn(`${text}: ${messageOf(error)}`);
      return NOTHING;
    }
  }

  function onOutcome(event: VersionEvent): void {
    const version = started.get(event.version);
    if (!version) {
      earlyEvents.set(event.version, event);
      return;
    }
    const { service, text, at, onSettled } = version;
    onSettled();
    if (event.type === 'serving') note(`${text}: served after ${durationText(performance.now() - at)}`);
    if (event.type === 'serving' || event.type === 'log') return;
    const isNewest = Math.max(
      ...[...started].filter(([, other]) => other.service === service).map(([number]) => number),
    );
    if (isNewest !== event.version) return;
    // Saving the same source again starts it again.
    runningDigests.delete(service);
    if (event.type === 'failed') warn(`${text}: ${event.reason} The version before still serves.`);
    else
      warn(
        `${service}: ${event.reason} The ${event.servedBy === 'deployed' ? 'deployed version' : event.servedBy} serves now.`,
      );
  }

  async function update(
    keys: readonly string[],
    change: FileChange,
    textOf: (service: Service) => string,
  ): Promise<Settled[]> {
    const areBuilt = await waitForAll(
      keys.map((key) => {
        const source = sources.get(key);
        return source !== undefined && build(source);
      }),
    );
    const builtKeys = keys.filter((_, index) => areBuilt[index]);
    const affected = (stack?.config.services ?? []).filter((service) =>
      sourceContainersOf(service).some(({ key }) => builtKeys.includes(key)),
    );
    return waitForAll(affected.map((service) => start(service, change, textOf(service))));
  }

  async function closeBuilders(): Promise<void> {
    await waitForAll([...sources.values()].map(({ builder }) => builder.close()));
    sources.clear();
  }

  return {
    /**
     * Builds and starts every service of a stack that has a source, and waits until they serve. Services of an earlier stack keep
     * their versions until then.
     */
    async use(newStack: RunningStack): Promise<void> {
      stack = newStack;
      runningDigests.clear();
      await closeBuilders();
      for (const container of allContainers())
        sources.set(container.key, { folder: container.image.source, builder: openBuilder(container) });
      const change = { files: [], at: performance.now() };
      const starts = await update([...sources.keys()], change, ({ name }) => name);
      await waitForAll(starts.map(({ settled }) => settled));
    },

    /** Rebuilds the sources that have one of the files, and starts the services that they change. */
    async apply(change: FileChange): Promise<void> {
      const keys = [...sources].flatMap(([key, { folder, built }]) =>
        change.files.some(
          (file) =>
            [folder, ...(built?.folders ?? [])].some((parent) => file.startsWith(`${parent}/`)) ||
            built?.inputs.includes(file),
        )
          ? [key]
          : [],
      );
      const text = shownChange(change.files, process.cwd());
      await update(keys, change, ({ name }) => `${name}  ${text}`);
    },

    onEvent(event: VersionEvent): void {
      if (event.type === 'log') report({ type: 'log', source: event.container, text: event.text });
      else onOutcome(event);
    },

    close: closeBuilders,
  };
}

export type Live = ReturnType<typeof makeLive>;

const shown = (path: string): string => relative(process.cwd(), path) || path;
