/** Applies changes in sequence, each when the one before is done. */
import { messageOf } from '../lib/aws/errors.ts';
import { Problem } from '../lib/model/problem.ts';
import type { Report } from '../lib/model/report.ts';
import type { FileChange } from './watch.ts';

/**
 * Makes a queue. Changes that arrive while one is applied are applied together. A failure is reported, and the queue continues.
 */
export function makeQueue(apply: (change: FileChange) => Promise<void>, report: Report) {
  let next: FileChange | undefined;
  let running: Promise<void> | undefined;
  const run = async () => {
    while (next) {
      const change = next;
      next = undefined;
      await apply(change).catch((error: unknown) => {
        const { what, why } = error instanceof Problem ? error : { what: messageOf(error), why: '' };
        report({ type: 'warning', text: `${what} ${why}` });
      });
    }
    running = undefined;
  };
  return {
    add: ({ files, at }: FileChange): void => {
      next = next ? { files: [...new Set([...next.files, ...files])], at: next.at } : { files, at };
      running ??= run();
    },
    close: async (): Promise<void> => {
      next = undefined;
      await running;
    },
  };
}
