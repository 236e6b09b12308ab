/** Cleans up a benchmark's processes and folders, even if the benchmark fails or is interrupted. */
const cleanups = new Set<() => unknown>();

/**
 * Registers a cleanup.
 * @returns a function that runs the cleanup at most once
 */
export function onCleanup(cleanup: () => unknown): () => Promise<void> {
  cleanups.add(cleanup);
  return async () => {
    if (cleanups.delete(cleanup)) await cleanup();
  };
}

/** Runs all registered cleanups, the latest first, and ignores their errors. */
export async function cleanUpAll(): Promise<void> {
  for (const cleanup of [...cleanups].reverse()) {
    cleanups.delete(cleanup);
    await Promise.resolve()
      .then(cleanup)
      .catch(() => undefined);
  }
}

/** Cleans up and exits on Ctrl-C or a request to stop. */
export function cleanUpOnSignals(): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => void cleanUpAll().finally(() => process.exit(130)));
  }
}
