/** Distributes the paths of the load balancer among the containers that answer requests. */
import { posix } from 'node:path';
import { routePath } from '../lib/config/field-rules.ts';
import type { Report } from '../lib/model/report.ts';
import type { Choose } from './choose.ts';
import type { ContainerGuess, Guess } from './guess-container.ts';
import { commonPath, healthRoute, type ServedRoute } from './routes.ts';

/** Names of programs that usually answer the requests of browsers. */
const FRONT_NAMES =
  /^(?:www|web|front|frontend|site|website|ui|client|app|gateway|proxy|next|nuxt)(?:-|$)|-(?:web|ui|app|frontend)$/;

/**
 * Returns the containers with their paths. Containers that only others of their task reach get none.
 * @param choose answers which program gets the requests for `/`
 */
export async function withPaths(
  containers: readonly ContainerGuess[],
  choose: Choose,
  report: Report,
): Promise<ContainerGuess[]> {
  const servers = containers.filter(({ port }) => port !== undefined);
  const reachable = servers.filter((one) => !isInternal(one, servers));
  const paths = await pathsOf(reachable, choose, report);
  return containers.map((container) => ({ ...container, path: paths.get(container) }));
}

/** Whether only other containers of the task request a container. */
const isInternal = (container: ContainerGuess, servers: readonly ContainerGuess[]): boolean =>
  servers.length > 1 &&
  (container.isLocal ||
    (container.isRequested === true &&
      (prefixOfRoutes(container) === undefined || container.facts.compose?.isPublished === false)));

async function pathsOf(
  servers: readonly ContainerGuess[],
  choose: Choose,
  report: Report,
): Promise<Map<ContainerGuess, Guess<string>>> {
  const [only, ...others] = servers;
  if (only === undefined) return new Map();
  if (others.length === 0) {
    if (only.isLocal)
      report({
        type: 'warning',
        text: `${only.name} listens on loopback only, where the load balancer cannot reach it. Let it listen on 0.0.0.0.`,
      });
    return new Map([[only, { value: '/', why: 'the only program that answers requests from outside' }]]);
  }
  const paths = new Map<ContainerGuess, Guess<string>>();
  const takenBy = (path: string) => [...paths.values()].some(({ value }) => value === path);
  for (const server of servers) {
    const prefix = prefixOfRoutes(server);
    if (prefix !== undefined && !takenBy(prefix))
      paths.set(server, { value: prefix, why: 'the path that all of its routes begin with' });
  }
  const rest = servers.filter((server) => !paths.has(server));
  const root = await rootOf(rest, choose);
  if (root) paths.set(root, { value: '/', why: 'everything that is not routed to another container' });
  for (const server of rest.filter((one) => one !== root)) {
    const path = `/${server.name}`;
    paths.set(server, { value: path, why: 'its name: its routes have no path in common' });
    report({
      type: 'warning',
      text: `Requests for ${path} and everything below it are routed to ${server.name}, with the whole path. If it does not answer them, give it another path.`,
    });
  }
  return paths;
}

/** Returns the container that gets the requests for `/`. */
async function rootOf(
  servers: readonly ContainerGuess[],
  choose: Choose,
): Promise<ContainerGuess | undefined> {
  const likely =
    servers.find(({ name }) => FRONT_NAMES.test(name)) ?? servers.find(answersRoot) ?? servers[0];
  if (servers.length < 2 || likely === undefined) return likely;
  const question = 'Which program answers the requests for /?';
  const answer = await choose({ question, choices: servers.map(({ name }) => name), guess: likely.name });
  return servers.find(({ name }) => name === answer) ?? likely;
}

const answersRoot = ({ facts }: ContainerGuess): boolean => facts.routes.some(({ path }) => path === '/');

/** Returns the path that all routes of a program begin with, apart from its health route, or undefined if they share no beginning. */
function prefixOfRoutes({ facts: { routes } }: ContainerGuess): string | undefined {
  const isHealth = (route: ServedRoute) => healthRoute([route]) !== undefined;
  // `/health/db` says nothing about the other routes, and `/orders/health` that they begin with `/orders`.
  const relevant = routes
    .filter((route) => !isHealth({ ...route, path: route.path.split('/', 2).join('/') }))
    .map((route) => (isHealth(route) ? { ...route, path: posix.dirname(route.path) } : route));
  const common = commonPath(relevant);
  return common === '/' || routePath(common) !== undefined ? undefined : common;
}
