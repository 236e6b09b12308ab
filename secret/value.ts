/** Reads the value of a secret: from the terminal, where it is not shown, or from another program. */
import { isUtf8 } from 'node:buffer';
import { createInterface } from 'node:readline';
import { Writable, type Readable } from 'node:stream';
import { NOTHING_CHANGED, problem, type Problem } from '../lib/model/problem.ts';

/** Where a value comes from. */
export type ValueInput = Readable & { readonly isTTY?: boolean };

/** How long to wait for more lines that were pasted, in milliseconds. */
const PASTE_MS = 50;

/** The most bytes of a parameter in the tier that costs nothing. */
const MAX_BYTES = 4096;

/**
 * Reads a value. One line break at its end does not count, since `echo` and editors add it.
 * @param name the name of the secret, for the question
 * @param output receives the question
 * @throws SECRET for a value that Parameter Store does not accept; the signal's reason when it is aborted
 */
export async function readSecretValue(
  name: string,
  input: ValueInput,
  signal: AbortSignal,
  output: Writable = process.stderr,
): Promise<string> {
  const text = input.isTTY ? await readHidden(name, input, signal, output) : await readAll(input, signal);
  if (text === undefined) throw badValue(name, NOT_TEXT);
  const value = text.replace(/\r?\n$/, '');
  const obstacle = obstacleOf(value);
  if (obstacle) throw badValue(name, obstacle);
  return value;
}

/** Asks at the terminal. While readline reads, the terminal does not show the characters itself, and its output is dropped. */
async function readHidden(
  name: string,
  input: ValueInput,
  signal: AbortSignal,
  output: Writable,
): Promise<string> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input, output: nowhere, terminal: true, historySize: 0 });
  // Only now, when the terminal has stopped to show what is typed.
  output.write(`The value of ${name}, which is not shown: `);
  // While readline reads, it intercepts Ctrl-C. This handler sends the signal that Ctrl-C would otherwise send.
  terminal.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  try {
    const [first = '', ...rest] = await new Promise<string[]>((resolve, reject) => {
      const lines: string[] = [];
      terminal.on('line', (line) => {
        lines.push(line);
        // The rest of what was pasted follows at once. If it were left, the shell would run it as commands.
        if (lines.length === 1) setTimeout(() => resolve([...lines, terminal.line]), PASTE_MS);
      });
      terminal.once('close', () => resolve(lines));
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    });
    if (rest.some((line) => line !== '')) throw badValue(name, SEVERAL_LINES);
    return first;
  } finally {
    terminal.close();
    output.write('\n');
  }
}

/** Returns undefined if the bytes are not valid UTF-8. */
async function readAll(input: Readable, signal: AbortSignal): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  for await (const chunk of input) {
    signal.throwIfAborted();
    chunks.push(Buffer.from(chunk as Buffer));
  }
  const bytes = Buffer.concat(chunks);
  return isUtf8(bytes) ? bytes.toString() : undefined;
}

/** Why a value cannot be stored, and what to do. */
interface Obstacle {
  readonly why: string;
  readonly fix: string;
}

const SEVERAL_LINES: Obstacle = {
  why: 'Several lines were entered, and the terminal ends a value at the first line break.',
  fix: 'Pass the value to standard input: npm run secret -- set NAME < file',
};

const NOT_TEXT: Obstacle = {
  why: 'The value is not text in UTF-8, so a variable would not contain its bytes.',
  fix: 'Encode the value, e.g. as base64, or save the file as UTF-8.',
};

/** @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html */
function obstacleOf(value: string): Obstacle | undefined {
  if (value === '')
    return {
      why: 'The value is empty.',
      fix: 'Type a value, or pass one to standard input: … | npm run secret -- set NAME',
    };
  const bytes = Buffer.byteLength(value);
  if (bytes > MAX_BYTES)
    return {
      why: `The value has ${bytes} bytes, and a parameter holds at most ${MAX_BYTES}.`,
      fix: 'Store it in Secrets Manager, which holds 65,536 bytes, and refer to it with secretsmanager:NAME.',
    };
  if (/\{\{.*\}\}/s.test(value))
    return {
      why: 'The value contains text in double braces, which Parameter Store takes for another parameter.',
      fix: 'Store it in Secrets Manager, and refer to it with secretsmanager:NAME.',
    };
  if (value.includes('\0'))
    return {
      why: 'The value contains a zero byte, which no variable can have.',
      fix: 'Encode the value, e.g. as base64.',
    };
  return undefined;
}

const badValue = (name: string, { why, fix }: Obstacle): Problem =>
  problem('SECRET', { what: `${name} cannot be stored.`, why, now: NOTHING_CHANGED, fix: [fix] });
