/** Distinguishes the frames of a program from those of its runtime and its libraries. Pure. */

/** Frames of Node, Python, Java, .NET and Go that are not part of a program. */
const RUNTIME_FRAME =
  /node:internal|\(internal\/|\(<anonymous>\)$|at (?:async )?(?:Promise\.all|new Promise)|at (?:java|javax|jdk|sun|kotlin|scala)\.|at (?:java\.base|jdk\.\w+)\/|at System\.|<frozen |lib\/python[\d.]+\/|^(?:runtime|internal|testing)\.|\/usr\/local\/go\/src\//;
const LIBRARY_FRAME = /node_modules\/|site-packages\/|at org\.springframework\.|\/go\/pkg\/mod\//;

/** Whether a line is a frame of a stack trace. */
export const isFrame = (line: string): boolean =>
  /^\s+at\s+\S/.test(line) || /^\s+File ".+", line \d+/.test(line) || /^\s+from \S+:\d+/.test(line);

/**
 * Returns the frames of the program itself. If there are none, those of its libraries show at least where the error came from.
 */
export function ownFrames(lines: readonly string[], max = 8): string[] {
  const frames = lines.filter((line) => isFrame(line) && !RUNTIME_FRAME.test(line));
  const own = frames.filter((line) => !LIBRARY_FRAME.test(line));
  return [...new Set(own.length > 0 ? own : frames)].slice(0, max);
}

export const isRuntimeFrame = (line: string): boolean => RUNTIME_FRAME.test(line);
