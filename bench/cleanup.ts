/** What a benchmark must not leave behind: processes and folders, also when it is interrupted or fails. */
const closing = new Set<() => unknown>();

/**
 * Remembers how to take something away again, until that is done.
 * @returns does it, once
 */
export function onClose(close: () => unknown): () => Promise<void> {
  closing.add(close);
  return async () => {
    if (closing.delete(close)) await close();
  };
}

/** Takes everything away, the latest first; what fails there is not worth a word at the end. */
export async function closeAll(): Promise<void> {
  for (const close of [...closing].reverse()) {
    closing.delete(close);
    await Promise.resolve()
      .then(close)
      .catch(() => undefined);
  }
}

/** Ctrl-C and a request to stop: everything goes, then this process. */
export function closeOnSignals(): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => void closeAll().finally(() => process.exit(130)));
  }
}
