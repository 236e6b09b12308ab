/** Finds programs that send requests to each other: they share a task, where each reaches the others on localhost. */
import type { Report } from '../lib/model/report.ts';
import type { ContainerGuess } from './guess-container.ts';
import { namesService, withLocalAddress } from './compose-variables.ts';
import { isAddress, addressInTask, namesProgram } from './variables.ts';

/** A program that sends requests to another one. */
interface Link {
  readonly from: ContainerGuess;
  readonly to: ContainerGuess;
  /** The variable that holds the address; undefined if the source names it. */
  readonly variable: { readonly name: string; readonly file: string } | undefined;
}

/**
 * Groups containers into tasks.
 * @returns the groups, in the order of the containers; ports are unique within a group, and variables hold the addresses
 */
export function linkedInto(containers: readonly ContainerGuess[], report: Report): ContainerGuess[][] {
  const links = containers.flatMap((from) => linksOf(from, containers));
  const groups: ContainerGuess[][] = [];
  for (const container of containers) {
    const linked = groups.filter((group) =>
      group.some((other) =>
        links.some(({ from, to }) => [from, to].includes(container) && [from, to].includes(other)),
      ),
    );
    for (const group of linked) groups.splice(groups.indexOf(group), 1);
    groups.push([...linked.flat(), container]);
  }
  const order = (group: ContainerGuess[]) => Math.min(...group.map((one) => containers.indexOf(one)));
  return groups
    .sort((one, other) => order(one) - order(other))
    .flatMap((group) => withUniquePorts(group, links, report))
    .map((group) => withAddresses(group, links));
}

function linksOf(from: ContainerGuess, containers: readonly ContainerGuess[]): Link[] {
  const others = containers.filter(({ port, facts }) => port !== undefined && facts !== from.facts);
  const byVariable = from.facts.needs
    .filter(({ name }) => isAddress(name))
    .flatMap((variable) => {
      const named = others.filter(({ name }) => namesProgram(variable.name, name));
      const [to, ...more] = named.length > 0 ? named : others;
      return to !== undefined && more.length === 0 ? [{ from, to, variable }] : [];
    });
  const { compose } = from.facts;
  const byCompose = Object.entries(compose?.environment ?? {}).flatMap(([name, value]) =>
    others
      .filter(({ facts }) => facts.compose !== undefined && namesService(value, facts.compose.name))
      .map((to) => ({ from, to, variable: { name, file: compose?.file ?? '' } })),
  );
  const bySource = others
    .filter(({ port }) => from.facts.requestedPorts.includes(port?.value ?? 0))
    .map((to) => ({ from, to, variable: undefined }));
  // Only programs of the same task can reach a program that listens on loopback.
  const alone = from.isLocal && others.length === 1 && from.port !== undefined ? others : [];
  return [
    ...byVariable,
    ...byCompose,
    ...bySource,
    ...alone.map((to) => ({ from: to, to: from, variable: undefined })),
  ];
}

/** Changes ports that are used twice in a task. A program with a fixed port that is used already runs in another task. */
function withUniquePorts(
  group: readonly ContainerGuess[],
  links: readonly Link[],
  report: Report,
): ContainerGuess[][] {
  const used = new Map<number, ContainerGuess>();
  const together: ContainerGuess[] = [];
  const apart: ContainerGuess[][] = [];
  // Fixed ports come first, so that the others give way.
  for (const container of [...group].sort(
    (one, other) => Number(one.isPortFree) - Number(other.isPortFree),
  )) {
    const { port, name } = container;
    const user = port && used.get(port.value);
    if (user && !container.isPortFree) {
      const text = `${name} and ${user.name} both listen on ${port.value}, so they run in different tasks.`;
      if (links.some(({ from, to }) => [from, to].includes(container)))
        report({ type: 'warning', text: `${text} They cannot reach each other on localhost.` });
      apart.push([container]);
      continue;
    }
    const value = user ? freePort(port.value, used) : port?.value;
    const moved = user && value !== undefined ? { value, why: `${user.name} uses ${port.value}` } : port;
    const placed = { ...container, port: moved };
    if (value !== undefined) used.set(value, placed);
    together.push(placed);
  }
  const order = (one: ContainerGuess) => group.findIndex(({ facts }) => facts === one.facts);
  return [together.sort((one, other) => order(one) - order(other)), ...apart];
}

function freePort(from: number, used: ReadonlyMap<number, unknown>): number {
  let port = from;
  while (used.has(port)) port += 1;
  return port;
}

/** Sets the variables that hold addresses of other containers of the task. */
const withAddresses = (group: readonly ContainerGuess[], links: readonly Link[]): ContainerGuess[] =>
  group.map((container) => {
    const own = links.flatMap(({ from, to, variable }) => {
      const target = group.find(({ facts }) => facts === to.facts);
      if (from.facts !== container.facts || variable === undefined || target?.port === undefined) return [];
      const value = localAddress(container, target, variable.name, target.port.value);
      const why = `${variable.file} reads it; ${target.name} listens there, in the same task`;
      return [[variable.name, { value, why }] as const];
    });
    const isTarget = links.some(({ to, variable }) => to.facts === container.facts && variable !== undefined);
    return {
      ...container,
      isRequested: isTarget && group.length > 1,
      environment: { ...container.environment, ...Object.fromEntries(own) },
    };
  });

/** Returns the value of a variable that holds the address of another container of the task. */
function localAddress({ facts }: ContainerGuess, target: ContainerGuess, variable: string, port: number) {
  const value = facts.compose?.environment[variable];
  const service = target.facts.compose?.name;
  return value === undefined || service === undefined
    ? addressInTask(variable, port)
    : withLocalAddress(value, service, port);
}
