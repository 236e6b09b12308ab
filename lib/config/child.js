// The child process that runs a configuration, so that the configuration cannot end Slipway's run. It sends the result to the parent.
// @ts-check
import { inspect } from 'node:util';
import { Worker } from 'node:worker_threads';
import { serialize } from './serialize.js';

/**
 * A request to run the module at a URL.
 * @typedef {{ url: string, context: object }} Request
 */
/**
 * The reply: the exported value, or the reason why there is no value. The module may export nothing, throw an error, exit, or
 * wait for something that never happens.
 * @typedef {{ value: import('./serialize.js').Serialized } | { nothing: true } | { thrown: Thrown } | { exit: string } | {
 *   waits: true }} Reply
 * @typedef {{ message: string | undefined, stack: string, inspected: string }} Thrown
 * @typedef {Readonly<Record<string, string | undefined>>} Variables
 */

/** The maximum number of characters of an error message that are reported. */
const MAX_MESSAGE_LENGTH = 2000;

/** The id of the process that runs Slipway. */
const [parentPid] = process.argv.splice(2);

const initialVariables = { ...process.env };
/** Returns the environment variables that the module has set or deleted, such as the AWS_PROFILE of a stage. */
const changedVariables = () =>
  Object.fromEntries(
    Object.keys({ ...initialVariables, ...process.env })
      .filter((name) => initialVariables[name] !== process.env[name])
      .map((name) => [name, process.env[name]]),
  );

/** @param {Reply} reply */
const send = (reply) => process.send?.({ reply, variables: changedVariables() });

const { exit } = process;
process.exit = (code) => {
  send({ exit: String(code ?? process.exitCode ?? 0) });
  return exit(code);
};
process.once('beforeExit', () => send({ waits: true }));
process.once('disconnect', () => exit(1));
// A configuration that never yields blocks the handler above, so a thread watches the parent, too. The thread needs neither the
// variables nor the options of this process, and does not keep the process alive.
new Worker(new URL('watchdog.js', import.meta.url), {
  workerData: Number(parentPid),
  env: {},
  execArgv: [],
}).unref();
// Unhandled rejections arrive here, too.
process.on('uncaughtException', (error) => {
  send({ thrown: describeThrown(error) });
});

process.once('message', async (/** @type {Request} */ { url, context }) => {
  // From here on the channel to the parent no longer keeps this process alive.
  process.channel?.unref();
  try {
    const exported = defaultOf(await import(url));
    if (exported === undefined) return send({ nothing: true });
    return send({ value: serialize(typeof exported === 'function' ? await exported(context) : exported) });
  } catch (error) {
    return send({ thrown: describeThrown(error) });
  }
});

/**
 * Returns the default export. If the nearest package.json lacks `"type": "module"`, the export may be wrapped in another module.
 * @param {{ default?: any }} module
 */
function defaultOf({ default: exported }) {
  const { __esModule, default: inner } = Object(exported);
  return __esModule === true ? inner : exported;
}

/**
 * Describes what was thrown. That can be anything, even an object that throws when it is inspected.
 * @param {unknown} error
 * @returns {Thrown}
 */
function describeThrown(error) {
  try {
    const { message, stack } = Object(error);
    return {
      message: typeof message === 'string' ? message.slice(0, MAX_MESSAGE_LENGTH) : undefined,
      stack: String(stack),
      inspected: inspect(error).slice(0, MAX_MESSAGE_LENGTH),
    };
  } catch {
    return { message: undefined, stack: '', inspected: 'something that cannot be shown' };
  }
}
