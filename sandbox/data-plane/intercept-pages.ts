/** The admin pages with which a client of the sandbox opens, feeds and closes intercepts. A client that disappears loses them. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import * as z from 'zod';
import { hasLayer, layerBytes } from '../aws/ecr/layer-rows.ts';
import type { PulledImage } from '../aws/ecr/pull.ts';
import type { AdminPages } from '../server/admin.ts';
import type { SandboxClock } from '../world/clock.ts';
import type { Region } from '../world/region.ts';
import { VersionBlobs } from './version-blobs.ts';
import { makeIntercepts, type InterceptOptions, type Intercepts, type VersionEvent } from './intercepts.ts';

/** The maximum wait of a request for events, in milliseconds. */
export const EVENTS_WAIT_MS = 2_000;
/** The time in which a client must ask for events again, in milliseconds. */
export const LEASE_MS = 5_000;
/** The maximum number of events that are kept for a client. */
const MAX_EVENTS = 10_000;

interface Session {
  readonly id: string;
  readonly intercepts: Intercepts;
  readonly blobs: VersionBlobs;
  readonly events: { readonly number: number; readonly event: VersionEvent }[];
  /** Ends the wait of a request for events. */
  wake: () => void;
  cancelLease: () => void;
}

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);
const PART = z.object({
  upload: z.string(),
  offset: z.coerce.number().int().min(0),
  digest: digest.optional(),
});
const START = z.strictObject({
  serviceArn: z.string(),
  images: z.record(z.string(), z.strictObject({ digest, config: digest, layers: z.array(digest).min(1) })),
});

export interface InterceptPagesOptions extends Omit<InterceptOptions, 'onEvent' | 'regions'> {
  readonly regions: () => readonly Region[];
}

/** Makes the pages, and the functions with which the data plane uses the intercepts. */
export function makeInterceptPages(options: InterceptPagesOptions) {
  const { clock, regions } = options;
  let session: Session | undefined;
  let eventCount = 0;

  async function end(ended: Session): Promise<void> {
    if (session === ended) session = undefined;
    ended.cancelLease();
    await ended.intercepts.close();
    await ended.blobs.remove();
    ended.wake();
  }

  const renewLease = (of: Session, ms: number): void => {
    of.cancelLease();
    of.cancelLease = clock.at(clock.now() + ms, () => void end(of).catch(options.reportError));
  };

  const sessionOf = (query: URLSearchParams): Session => {
    if (session === undefined || session.id !== query.get('session'))
      throw new Error('This session has ended.');
    return session;
  };

  function open(): Session {
    const events: Session['events'] = [];
    const id = randomUUID();
    const opened: Session = {
      id,
      events,
      blobs: new VersionBlobs(join(options.folder, `version-blobs-${id}`)),
      intercepts: makeIntercepts({
        ...options,
        onEvent: (event) => {
          events.push({ number: (eventCount += 1), event });
          if (events.length > MAX_EVENTS) events.shift();
          opened.wake();
        },
      }),
      wake: () => undefined,
      cancelLease: () => undefined,
    };
    return opened;
  }

  function readStart(body: Uint8Array) {
    const { serviceArn, images } = START.parse(JSON.parse(Buffer.from(body).toString()));
    const region = regions().find((known) => known.ecs.services.get(serviceArn));
    const service = region?.ecs.services.get(serviceArn);
    if (!region || service?.status !== 'ACTIVE') throw new Error(`There is no service ${serviceArn}.`);
    return { region, service, images };
  }

  const pages: AdminPages = {
    'POST intercepts': () => {
      if (session) throw new Error('Another client intercepts requests: only one can.');
      session = open();
      renewLease(session, LEASE_MS);
      return { session: session.id };
    },
    'POST intercept-blob': ({ query, body }) => {
      const { blobs } = sessionOf(query);
      const { digest: whole, ...part } = PART.parse(Object.fromEntries(query));
      return blobs.receive({ ...part, digest: whole, bytes: body }).then(() => ({}));
    },
    'POST intercept-missing': ({ query, body }) => {
      const { blobs } = sessionOf(query);
      const { region, service, images } = readStart(body);
      const digests = digestsOf(images);
      blobs.keep(service.serviceArn, digests);
      return { missing: digests.filter((name) => !blobs.has(name) && !hasLayer(region, name)) };
    },
    'POST intercept-version': ({ query, body }) => {
      const { blobs, intercepts } = sessionOf(query);
      const { region, service, images } = readStart(body);
      const entries = Object.entries(images).map(
        ([name, image]) => [name, imageOf(image, blobs, region)] as const,
      );
      const version = intercepts.start(region, service, new Map(entries));
      blobs.keep(service.serviceArn, digestsOf(images));
      void blobs.removeUnused().catch(options.reportError);
      return { version };
    },
    'GET intercept-events': async ({ query }) => {
      const current = sessionOf(query);
      const after = Number(query.get('after') ?? 0);
      const { events } = current;
      while (events[0] && events[0].number <= after) events.shift();
      renewLease(current, EVENTS_WAIT_MS + LEASE_MS);
      if (events.length === 0) await nextEvent(current, clock);
      return { events: current.events, isOpen: session === current };
    },
    'POST intercept-end': async ({ query }) => {
      await end(sessionOf(query));
      return {};
    },
  };
  return {
    pages,
    /** The folder of the task that receives the requests of a deployed task, if an intercept is in its place. */
    folderFor: (taskArn: string) => session?.intercepts.folderFor(taskArn),
    close: async () => session && end(session),
  };
}

const digestsOf = (images: z.infer<typeof START>['images']): string[] =>
  Object.values(images).flatMap(({ config, layers }) => [config, ...layers]);

/** Waits for an event of a session, for at most `EVENTS_WAIT_MS`. */
const nextEvent = (session: Session, clock: SandboxClock): Promise<void> =>
  new Promise((resolve) => {
    const cancel = clock.at(clock.now() + EVENTS_WAIT_MS, () => session.wake());
    session.wake = () => {
      cancel();
      session.wake = () => undefined;
      resolve();
    };
  });

function imageOf(
  { digest: name, config, layers }: { digest: string; config: string; layers: readonly string[] },
  blobs: VersionBlobs,
  region: Region,
): PulledImage {
  // A layer of a deployed image need not be sent again.
  const blobOf = (wanted: string): Uint8Array => {
    const blob = blobs.has(wanted) ? blobs.read(wanted) : layerBytes(region, wanted);
    if (!blob) throw new Error(`The blob ${wanted} was not sent.`);
    return blob;
  };
  for (const layer of layers)
    if (!blobs.has(layer) && !hasLayer(region, layer)) throw new Error(`The blob ${layer} was not sent.`);
  return {
    digest: name,
    config: blobOf(config),
    layers: layers.map((layer) => ({ digest: layer, read: () => blobOf(layer) })),
  };
}
