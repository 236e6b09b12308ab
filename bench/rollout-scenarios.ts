/** The changes of a running stack during which `npm run bench -- --only rollouts` counts dropped requests. Pure. */
import type { StackInput } from '../lib/config/schema.ts';

/** The programs of the stack. */
export const PROGRAMS = ['graceful', 'closing', 'broken'] as const;
export type Program = (typeof PROGRAMS)[number];

/** What happens on SIGTERM: the program exits after its last response, or it only stops accepting connections. */
const HANDLERS = {
  graceful: `process.on('SIGTERM', () => server.close(() => process.exit(0)));`,
  closing: `process.on('SIGTERM', () => server.close());`,
};
/** The time that the programs take for a response, so that requests are under way at any time. */
const RESPONSE_MS = 20;

/** Returns the source of a program. @param version appears in its responses, so that each version has another image */
export const sourceOf = (program: Program, version: number): string =>
  program === 'broken'
    ? `throw new Error('version ${version} cannot start');\n`
    : `import { createServer } from 'node:http';
const server = createServer((request, response) => {
  setTimeout(() => response.end('version ${version} of ' + process.env.NAME), ${RESPONSE_MS});
});
server.listen(Number(process.env.PORT));
${HANDLERS[program]}
`;

/** The state of the stack. */
export interface StackState {
  readonly program: Program;
  readonly version: number;
  readonly count: number;
  readonly ports: readonly [number, number];
  /** Whether the two containers serve each other's paths. */
  readonly isSwapped: boolean;
  readonly hasThird: boolean;
  readonly mode: string;
  readonly healthPath: string;
  readonly deploy: Strategy;
}

/** The strategies by which a new version replaces the old one. The bake times are as short as possible. */
const STRATEGIES = {
  rolling: 'rolling',
  blueGreen: { blueGreen: { bakeMinutes: 0 } },
  canary: { canary: { percent: 10, stepMinutes: 1, bakeMinutes: 0 } },
  linear: { linear: { percent: 25, stepMinutes: 1, bakeMinutes: 0 } },
} as const;
type Strategy = keyof typeof STRATEGIES;

export const FIRST_STATE: StackState = {
  program: 'graceful',
  version: 1,
  count: 2,
  ports: [5000, 6000],
  isSwapped: false,
  hasThird: false,
  mode: 'first',
  healthPath: '/health',
  deploy: 'rolling',
};

/** The paths that are requested. */
export const PATHS = ['/api1', '/api2'] as const;

/** Returns the configuration of a state. The source of each container is in the folder `app`. */
export function stackOf({
  count,
  ports,
  isSwapped,
  hasThird,
  mode,
  healthPath,
  deploy,
}: StackState): StackInput {
  const container = (name: string, port: number, path: string) => ({
    source: 'app',
    port,
    path,
    health: { path: healthPath, intervalSeconds: 5, timeoutSeconds: 2 },
    environment: { NAME: name, PORT: String(port), MODE: mode },
  });
  const [first, second] = isSwapped ? PATHS.toReversed() : PATHS;
  return {
    name: 'rollouts',
    region: 'eu-west-1',
    deregistrationDelaySeconds: 30,
    services: {
      shop: {
        count,
        deploy: STRATEGIES[deploy],
        containers: {
          api1: container('api1', ports[0], first ?? '/'),
          api2: container('api2', ports[1], second ?? '/'),
          ...(hasThird ? { api3: container('api3', 7000, '/api3') } : {}),
        },
      },
    },
  };
}

/** A change, and how it is made. */
export interface Scenario {
  readonly what: string;
  /** The members of the state that change. */
  readonly change: Partial<StackState>;
  /** The command that makes the change: a provision, a rollback, or the stop of one task. By default a provision. */
  readonly by?: 'provision' | 'rollback' | 'stop of a task';
  /** Whether the command is expected to fail. The next scenario then starts from the state before the change. */
  readonly fails?: boolean;
}

/** The scenarios, each of which starts where the previous one ended. */
export const SCENARIOS: readonly Scenario[] = [
  { what: 'a new image', change: { version: 2 } },
  { what: 'a rollback', change: { version: 1 }, by: 'rollback' },
  { what: 'a program that only calls server.close()', change: { program: 'closing', version: 3 } },
  { what: 'the replacement of that program', change: { program: 'graceful', version: 4 } },
  { what: 'a new environment', change: { mode: 'second' } },
  { what: 'from 2 tasks to 1', change: { count: 1 } },
  { what: 'from 1 task to 4', change: { count: 4 } },
  { what: 'from 4 tasks to 2', change: { count: 2 } },
  { what: 'a container added', change: { hasThird: true } },
  { what: 'a port changed', change: { ports: [5001, 6000] } },
  { what: 'two paths swapped', change: { isSwapped: true } },
  { what: 'a health check changed', change: { healthPath: '/ready' } },
  {
    what: 'the port, the health check and the image changed',
    change: { ports: [5001, 6001], healthPath: '/health', version: 5 },
  },
  {
    what: 'a program that fails at start, rolled back',
    change: { program: 'broken', version: 6 },
    fails: true,
  },
  { what: 'one of two tasks stopped by hand', change: {}, by: 'stop of a task' },
  { what: 'from rolling to blue/green', change: { hasThird: false, deploy: 'blueGreen' } },
  { what: 'a new image, blue/green', change: { version: 7 } },
  { what: 'a new image, canary', change: { version: 8, deploy: 'canary' } },
  { what: 'a new image, linear', change: { version: 9, deploy: 'linear' } },
  { what: 'a new image, rolling again', change: { version: 10, deploy: 'rolling' } },
];
