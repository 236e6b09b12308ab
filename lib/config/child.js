// The process that a configuration runs in: says what the module exports, or how it failed. Nothing that it does ends the run.
// @ts-check
import { inspect } from 'node:util';
import { Worker } from 'node:worker_threads';
import { serialize } from './serialize.js';

/**
 * What it is asked to do: to run the module behind a URL.
 * @typedef {{ url: string, context: object }} Order
 */
/**
 * What it says: a value, that there is none, what was thrown, that the module exits, or that nothing happens any more.
 * @typedef {{ value: import('./serialize.js').Packed } | { nothing: true } | { thrown: Thrown } | { exit: string } | { waits: true }} Word
 * @typedef {{ message: string | undefined, stack: string, shown: string }} Thrown
 * @typedef {Readonly<Record<string, string | undefined>>} Variables
 */

/** How much of a text is told, characters: nobody reads more of an error. */
const MOST = 2000;

/** The process id of the run. */
const [parent] = process.argv.splice(2);

const before = { ...process.env };
/** What the module has set or taken away: it may choose the AWS_PROFILE of a stage. */
const changed = () =>
  Object.fromEntries(
    Object.keys({ ...before, ...process.env })
      .filter((name) => before[name] !== process.env[name])
      .map((name) => [name, process.env[name]]),
  );

/** @param {Word} word */
const say = (word) => process.send?.({ word, variables: changed() });

const { exit } = process;
process.exit = (code) => {
  say({ exit: String(code ?? process.exitCode ?? 0) });
  return exit(code);
};
process.once('beforeExit', () => say({ waits: true }));
process.once('disconnect', () => exit(1));
// A configuration that never yields keeps that event from being handled. The watchdog has no part in the run: it needs
// neither its variables nor its options, and is no reason to wait.
new Worker(new URL('watchdog.js', import.meta.url), {
  workerData: Number(parent),
  env: {},
  execArgv: [],
}).unref();
// Also what a promise that nobody waits for is rejected with.
process.on('uncaughtException', (error) => {
  say({ thrown: thrown(error) });
});

process.once('message', async (/** @type {Order} */ { url, context }) => {
  // From now on the line to the parent alone is no reason to wait.
  process.channel?.unref();
  try {
    const exported = defaultOf(await import(url));
    if (exported === undefined) return say({ nothing: true });
    return say({ value: serialize(typeof exported === 'function' ? await exported(context) : exported) });
  } catch (error) {
    return say({ thrown: thrown(error) });
  }
});

/**
 * Where the nearest package.json does not say `"type": "module"`, a module may come wrapped in another.
 * @param {{ default?: any }} module
 */
function defaultOf({ default: exported }) {
  const { __esModule, default: inner } = Object(exported);
  return __esModule === true ? inner : exported;
}

/**
 * Anything can be thrown, also what throws when it is looked at.
 * @param {unknown} error
 * @returns {Thrown}
 */
function thrown(error) {
  try {
    const { message, stack } = Object(error);
    return {
      message: typeof message === 'string' ? message.slice(0, MOST) : undefined,
      stack: String(stack),
      shown: inspect(error).slice(0, MOST),
    };
  } catch {
    return { message: undefined, stack: '', shown: 'something that cannot be shown' };
  }
}
