/** `npm run sandbox`: runs an AWS on this machine, in the foreground until Ctrl-C. */
import { existsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { asTyped } from '../build/typed-command.js';
import { FolderTakenError } from './state/claim.ts';
import { LOST_RACE_EXIT_CODE } from './background.ts';
import { PACES, type Pace } from './world/durations.ts';
import { parseWeather } from './chaos/weather.ts';
import { hasOnlyKeptVariables } from './environment.ts';
import { runInChild } from './foreground.ts';

const HELP = `Usage: npm run sandbox -- [options]

An AWS on this machine: EC2, ELBv2, ECS, Application Auto Scaling, ECR, Route 53, ACM, WAF, IAM, STS,
Parameter Store, Secrets Manager, CloudWatch, CloudWatch Logs and S3 behind one endpoint, with a data plane that runs tasks and
routes requests. It listens on the loopback interface only.

Options:
  --port <port>       the endpoint (default: 4566, or SLIPWAY_SANDBOX_PORT)
  --http-port <port>  where listeners on port 80 are served (default: SLIPWAY_SANDBOX_HTTP_PORT, or
                      8080 or the next free port; 0 takes any free port)
  --folder <folder>   where it keeps its state (default: .slipway/sandbox)
  --pace <pace>       instant, brisk (one minute per second), aws, or a factor (default: brisk, or
                      SLIPWAY_SANDBOX_PACE)
  --weather <weather> which failures it injects: calm, lag, throttled, stormy, or settings as JSON
                      (default: calm, or SLIPWAY_SANDBOX_WEATHER)
  --version           show the versions of Slipway and Node
  -h, --help          show this help
`;

const ROOT_WARNING =
  'the sandbox runs as root: a mistake in a task can change the whole machine; start it as another user';

function readArguments() {
  const { values } = parseArgs({
    options: {
      port: { type: 'string' },
      'http-port': { type: 'string' },
      folder: { type: 'string' },
      pace: { type: 'string' },
      weather: { type: 'string' },
      background: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const { env } = process;
  /** Returns the value of an option (else of its variable, else the default), and the name to use in an error about it. */
  const setting = (option: 'port' | 'http-port' | 'pace', variable: string, defaultValue: string) => {
    const value = values[option];
    return value === undefined
      ? ([env[variable] || defaultValue, variable] as const)
      : ([value, `--${option}`] as const);
  };
  const home = resolve(env['SLIPWAY_HOME'] || '.slipway');
  return {
    help: values.help,
    background: values.background,
    port: parsePort(...setting('port', 'SLIPWAY_SANDBOX_PORT', '4566')),
    httpPort: parsePort(...setting('http-port', 'SLIPWAY_SANDBOX_HTTP_PORT', '8080')),
    folder: resolve(values.folder ?? `${home}/sandbox`),
    pace: parsePace(...setting('pace', 'SLIPWAY_SANDBOX_PACE', 'brisk')),
    weather: parseWeather(values.weather ?? (env['SLIPWAY_SANDBOX_WEATHER'] || 'calm')),
  };
}

function parsePort(text: string, name: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port < 65_536) return port;
  throw new Error(`${name} is not a port: ${text}`);
}

function parsePace(text: string, name: string): Pace {
  const pace = PACES[text] ?? Number(text);
  if (pace === 'instant' || pace > 0) return pace;
  throw new Error(`${name} must be instant, brisk, aws or a factor, not ${text}`);
}

async function run(): Promise<void> {
  const { help, background, port, httpPort, folder, pace, weather } = readArguments();
  if (help) {
    process.stdout.write(asTyped(HELP));
    return;
  }
  if (!hasOnlyKeptVariables(process.env)) {
    process.exitCode = await runInChild(process.argv.slice(2));
    return;
  }
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
  // This module is loaded only here, because a process that only starts a child does not need it.
  const { startSandboxWithTasks } = await import('./sandbox-with-tasks.ts');
  const warnings = process.getuid?.() === 0 ? [ROOT_WARNING] : [];
  let closing: Promise<void> | undefined;
  let isStopRequested = false;
  const close = () => {
    closing ??= sandbox.close().then(() => process.exit(0));
  };
  const sandbox = await startSandboxWithTasks({
    port,
    httpPort,
    folder,
    pace,
    weather,
    isProtected: true,
    reportError: (error) =>
      void process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`),
    pages: {
      'GET about': () => ({
        sandbox: 'slipway',
        pid: process.pid,
        folder,
        background,
        closing: isStopRequested || closing !== undefined,
        pace,
        warnings,
        limitations: sandbox.limitations,
        ...(sandbox.chaos.weather.throttle && { limits: pace === 'instant' ? 1 : pace }),
      }),
      'POST stop': () => {
        isStopRequested = true;
        // The delay lets the response be sent first.
        setTimeout(close, 50);
        return {};
      },
    },
  });
  process.on('SIGINT', close);
  process.on('SIGTERM', close);
  process.on('SIGHUP', close);
  // The process that started this one in the foreground has died.
  process.on('disconnect', close);
  for (const text of sandbox.limitations) process.stderr.write(`note: on this machine, ${text}\n`);
  for (const text of warnings) process.stderr.write(`warning: ${text}\n`);
  process.stderr.write(`The sandbox answers at ${sandbox.url}; its state is in ${folder}.\n`);
  // The log of a sandbox in the background does not need an address with a token.
  if (!background) process.stderr.write(`Its page: ${sandbox.page}\n`);
}

/** Returns the file that prevents the creation of a folder: it is at the path of the folder or of one of its parents. */
function blockingFile(path: string): string | undefined {
  const stats = existsSync(path) ? statSync(path) : undefined;
  if (stats) return stats.isFile() ? path : undefined;
  return dirname(path) === path ? undefined : blockingFile(dirname(path));
}

run().catch((error: unknown) => {
  const portTaken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
  const folderTaken = error instanceof FolderTakenError;
  const { syscall, path = '' } = error as NodeJS.ErrnoException;
  const file = syscall === 'mkdir' ? blockingFile(path) : undefined;
  const message = file
    ? `${file} is a file, not a folder.`
    : error instanceof Error
      ? error.message
      : String(error);
  const fix = portTaken
    ? 'Stop the process that uses the port, or choose another port: --port 4567'
    : folderTaken
      ? 'Use that sandbox, or choose another folder and port: --folder FOLDER --port 4567'
      : asTyped('npm run sandbox -- --help');
  process.stderr.write(
    `problem  The sandbox cannot start.\n  why    ${message}\n  now    Nothing was changed.\n  to do  ${fix}\n`,
  );
  const lostRace = process.argv.includes('--background') && (portTaken || folderTaken);
  process.exitCode = lostRace ? LOST_RACE_EXIT_CODE : 1;
});
