/** The client's side of intercepts: sends versions of programs to the sandbox, and follows their fate. */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { VersionEvent } from './data-plane/intercepts.ts';

export type { VersionEvent };

/** An image: its manifest's digest, and its blobs. */
export interface VersionImage {
  readonly digest: string;
  readonly config: VersionBlob;
  /** The layers, the lowest first. */
  readonly layers: readonly VersionBlob[];
}

/** A blob; it is read only if the sandbox lacks it. */
export interface VersionBlob {
  readonly digest: string;
  readonly read: () => AsyncIterable<Uint8Array>;
}

/** Intercepts that this process holds. They end with the process, at the latest a few seconds later. */
export interface InterceptSession {
  /**
   * Starts a version of a service; it receives the requests of the service's tasks as soon as it answers.
   * @param images the images that replace deployed ones, by container
   * @returns the number of the version, which its events carry
   * @throws Error if the sandbox refuses, e.g. because no task of the service runs
   */
  start(serviceArn: string, images: ReadonlyMap<string, VersionImage>): Promise<number>;
  /** Calls `onEvent` for each event until the session ends. @throws Error if the sandbox ends the session, or ends itself */
  follow(onEvent: (event: VersionEvent) => void): Promise<void>;
  /** Sends all requests to the deployed tasks again, and resolves when every version has stopped. */
  end(): Promise<void>;
}

/** The timeout of a call, in milliseconds. A request for events waits for seconds; the end waits until the versions have stopped. */
const TIMEOUT_MS = 20_000;
/** The size of the parts in which a blob is sent, bytes. */
const PART_BYTES = 8 * 1024 ** 2;
/** The delay after a request for events that failed, in milliseconds, and the number of attempts in a row. */
const RETRY = { delayMs: 200, attempts: 5 };

/**
 * Opens a session.
 * @param url of the sandbox
 * @param authorization the header for its admin API; undefined for a sandbox in this process
 * @throws Error if another client has a session
 */
export async function openIntercepts(url: string, authorization?: string): Promise<InterceptSession> {
  const call = async (method: string, path: string, body?: string | Uint8Array): Promise<unknown> => {
    const response = await fetch(`${url}/_sandbox/${path}`, {
      method,
      headers: authorization === undefined ? {} : { authorization },
      ...(body !== undefined && { body: body as NonNullable<RequestInit['body']> }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(errorIn(text));
    return JSON.parse(text);
  };
  const { session } = (await call('POST', 'intercepts')) as { session: string };
  const query = `session=${session}`;
  let hasEnded = false;

  const send = async ({ digest, read }: VersionBlob): Promise<void> => {
    const upload = `${query}&upload=${randomUUID()}`;
    let offset = 0;
    const sendPart = async (bytes: Uint8Array, isLast: boolean) => {
      const last = isLast ? `&digest=${digest}` : '';
      await call('POST', `intercept-blob?${upload}&offset=${offset}${last}`, bytes);
      offset += bytes.length;
    };
    let part: Uint8Array = new Uint8Array();
    for await (const chunk of read()) {
      part = Buffer.concat([part, chunk]);
      for (; part.length > PART_BYTES; part = part.subarray(PART_BYTES))
        await sendPart(part.subarray(0, PART_BYTES), false);
    }
    await sendPart(part, true);
  };

  return {
    async start(serviceArn, images) {
      const entries = [...images].map(([name, { digest, config, layers }]) => {
        return [
          name,
          { digest, config: config.digest, layers: layers.map((layer) => layer.digest) },
        ] as const;
      });
      const body = JSON.stringify({ serviceArn, images: Object.fromEntries(entries) });
      const blobs = new Map(
        [...images.values()]
          .flatMap(({ config, layers }) => [config, ...layers])
          .map((blob) => [blob.digest, blob]),
      );
      const { missing } = (await call('POST', `intercept-missing?${query}`, body)) as {
        readonly missing: readonly string[];
      };
      await Promise.all([...blobs.values()].filter(({ digest }) => missing.includes(digest)).map(send));
      const started = await call('POST', `intercept-version?${query}`, body);
      return (started as { version: number }).version;
    },

    async follow(onEvent) {
      let after = 0;
      for (let failures = 0; !hasEnded;) {
        try {
          const { events, isOpen } = (await call('GET', `intercept-events?${query}&after=${after}`)) as {
            readonly events: readonly { readonly number: number; readonly event: VersionEvent }[];
            readonly isOpen: boolean;
          };
          failures = 0;
          for (const { number, event } of events) {
            after = number;
            onEvent(event);
          }
          if (!isOpen && events.length === 0) return;
        } catch (error) {
          if (hasEnded) return;
          failures += 1;
          if (failures >= RETRY.attempts) throw error;
          await delay(RETRY.delayMs);
        }
      }
    },

    async end() {
      hasEnded = true;
      await call('POST', `intercept-end?${query}`);
    },
  };
}

function errorIn(text: string): string {
  try {
    return (JSON.parse(text) as { error?: string }).error ?? text;
  } catch {
    return text;
  }
}
