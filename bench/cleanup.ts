/** Cleans up a benchmark's processes and folders, even if the benchmark fails or is interrupted. */
const cleanups = new Set<() => unknown>();

/**
 * Registers a cleanup.
 * @returns a function that runs the cleanup at most once
 */
export function onCleanup(close: () => unknown): () => Promise<void> {
  cleanups.add(close);
  return async () => {
    if (cleanups.delete(close)) await close();
  };
}

/** Runs all registered cleanups, the latest first, and ignores their errors. */
export async function cleanUpAll(): Promise<void> {
  for (const close of [...cleanups].reverse()) {
    cleanups.delete(close);
    await Promise.resolve()
      .then(close)
      .catch(() => undefined);
  }
}

/** Cleans up and exits on Ctrl-C or a request to stop. */
export function cleanUpOnSignals(): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => void cleanUpAll().finally(() => process.exit(130)));
  }
}
