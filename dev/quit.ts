/** Waits until the user quits: by the key q or Ctrl-C at a terminal, by a line with q from another program, or by a signal. */
import type { ReadStream } from 'node:tty';

/** Standard input, which may be a terminal. */
export type Input = Pick<ReadStream, 'on' | 'off' | 'pause' | 'resume'> &
  Partial<Pick<ReadStream, 'isTTY' | 'isRaw' | 'setRawMode' | 'unref'>>;

/** In raw mode, a terminal sends Ctrl-C as this character instead of a signal. */
const CTRL_C = '\u0003';

/** Aborts when the user quits. `stop` gives the terminal back. */
export interface Quit {
  readonly signal: AbortSignal;
  readonly stop: () => void;
}

/** @param interrupt aborts when the process receives a signal such as SIGTERM */
export function onQuit(input: Input, interrupt: AbortSignal): Quit {
  const controller = new AbortController();
  const isTerminal = input.isTTY === true;
  const onData = (data: Buffer | string) => {
    const text = String(data);
    const isQuit = isTerminal
      ? /[qQ]/.test(text) || text.includes(CTRL_C)
      : text.split('\n').some((line) => line.trim() === 'q');
    if (isQuit) controller.abort();
  };
  if (isTerminal) input.setRawMode?.(true);
  input.on('data', onData);
  input.resume();
  return {
    signal: AbortSignal.any([controller.signal, interrupt]),
    stop: () => {
      input.off('data', onData);
      if (isTerminal) input.setRawMode?.(false);
      input.pause();
      input.unref?.();
    },
  };
}
