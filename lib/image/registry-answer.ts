/** Reads the answers of a registry, and gives up on one that stalls. */
/** Registries limit manifests to 4 MiB: https://distribution.github.io/distribution/ */
const MAX_TEXT_BYTES = 4 * 1_048_576;

/** A body must deliver at least `bytes` in `ms` milliseconds: a slower one would take days. Time without a reader does not count. */
export const MIN_PROGRESS = { bytes: 64 * 1024, ms: 60_000 };

/** The error of a registry that stalls. Its message is a clause without a full stop. */
export class StalledRegistry extends Error {
  constructor(host: string, why: string) {
    super(`${host} stalls: ${why}`);
    this.name = 'StalledRegistry';
  }
}

/** A response of a registry. Its body must be read or cancelled. */
export interface RegistryAnswer {
  readonly status: number;
  readonly body: AsyncIterable<Uint8Array>;
  /** Reads the body. @throws if it is larger than any manifest, or takes too long in all */
  text(): Promise<string>;
  /** Ends the response without reading the rest. */
  cancel(): Promise<void>;
}

/** A time limit for the next bytes. It runs only while a reader waits for them. */
interface IdleLimit {
  readonly signal: AbortSignal;
  start(): void;
  pause(): void;
}

/** Starts the time limit of a response. */
export function idleLimit(host: string, timeoutMs: number): IdleLimit {
  const controller = new AbortController();
  const expire = () =>
    controller.abort(new StalledRegistry(host, `no data arrived for ${timeoutMs / 1000} s`));
  let timer = setTimeout(expire, timeoutMs);
  return {
    signal: controller.signal,
    start() {
      clearTimeout(timer);
      timer = setTimeout(expire, timeoutMs);
    },
    pause: () => clearTimeout(timer),
  };
}

/**
 * Makes the check that a body makes progress, for a registry that is never idle for long, but sends only a few bytes at a time.
 * @returns a function of the milliseconds that a chunk took, and of its size; it throws StalledRegistry
 */
export function progressCheck(
  host: string,
  min: typeof MIN_PROGRESS,
): (waitedMs: number, bytes: number) => void {
  let waited = 0;
  let received = 0;
  return (waitedMs, bytes) => {
    waited += waitedMs;
    received += bytes;
    if (waited < min.ms) return;
    if (received < min.bytes)
      throw new StalledRegistry(host, `it sent only ${received} bytes in ${Math.round(waited / 1000)} s`);
    waited = 0;
    received = 0;
  };
}

/** Reads the body of a response within its limits. */
export function answerOf(
  response: Response,
  limit: IdleLimit,
  textTimeoutMs: number,
  checkProgress: (waitedMs: number, bytes: number) => void,
): RegistryAnswer {
  limit.pause();
  async function* chunks(): AsyncGenerator<Uint8Array> {
    try {
      limit.start();
      let start = performance.now();
      for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
        limit.pause();
        checkProgress(performance.now() - start, chunk.length);
        yield chunk;
        limit.start();
        start = performance.now();
      }
    } finally {
      limit.pause();
    }
  }
  const body = chunks();
  return {
    status: response.status,
    body,
    async text() {
      const read: Uint8Array[] = [];
      let size = 0;
      const end = performance.now() + textTimeoutMs;
      for await (const chunk of body) {
        if (performance.now() > end) throw new Error(`its answer took longer than ${textTimeoutMs / 1000} s`);
        size += chunk.length;
        if (size > MAX_TEXT_BYTES) throw new Error('its answer is too large');
        read.push(chunk);
      }
      return Buffer.concat(read).toString();
    },
    async cancel() {
      await response.body?.cancel();
    },
  };
}
