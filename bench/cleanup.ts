/** What a benchmark must not leave behind: processes and folders, also when it is interrupted or fails. */
const cleanups = new Set<() => unknown>();

/**
 * Remembers how to take something away again, until that is done.
 * @returns does it, once
 */
export function onCleanup(close: () => unknown): () => Promise<void> {
  cleanups.add(close);
  return async () => {
    if (cleanups.delete(close)) await close();
  };
}

/** Takes everything away, the latest first; what fails there is not worth a word at the end. */
export async function cleanUpAll(): Promise<void> {
  for (const close of [...cleanups].reverse()) {
    cleanups.delete(close);
    await Promise.resolve()
      .then(close)
      .catch(() => undefined);
  }
}

/** Ctrl-C and a request to stop: everything goes, then this process. */
export function cleanUpOnSignals(): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => void cleanUpAll().finally(() => process.exit(130)));
  }
}
