/** Guesses a stack from its programs: which of them run, which share a task, and which paths are routed to them. */
import type { Report } from '../lib/model/report.ts';
import type { Choose } from './choose.ts';
import { guessContainer, type ContainerGuess } from './guess-container.ts';
import { linkedInto } from './links.ts';
import { withPaths } from './paths.ts';
import type { ProgramFacts } from './programs.ts';
import { MAX_NAMES_LENGTH, uniqueNames, USUAL_NAME } from './names.ts';

/** One service: its containers run in one task and reach each other on localhost. */
export interface ServiceGuess {
  readonly name: string;
  readonly containers: readonly ContainerGuess[];
}

/**
 * Guesses the services for programs.
 * @param stackName the name of the stack, which limits the length of the others
 * @param choose answers what the files leave open
 */
export async function guessServices(
  programs: readonly ProgramFacts[],
  stackName: string,
  choose: Choose,
  report: Report,
): Promise<ServiceGuess[]> {
  const names = uniqueNames(programs, stackName);
  const guesses: ContainerGuess[] = [];
  for (const facts of programs) guesses.push(await guessContainer(facts, names.get(facts) ?? '', choose));
  const running = await withoutOthers(guesses, choose, report);
  const groups = linkedInto(running, report);
  const routed = await withPaths(groups.flat(), choose, report);
  // In the folder of a single program, the stack has the name of the program.
  if (routed.length === 1 && routed[0]?.facts.folder === '.')
    return [{ name: routed[0].port ? 'web' : 'worker', containers: [{ ...routed[0], name: USUAL_NAME }] }];
  const services: ServiceGuess[] = [];
  for (const group of groups) {
    const containers = routed.filter(({ facts }) => group.some((one) => one.facts === facts));
    services.push(serviceOf(containers, stackName, new Set(services.map(({ name }) => name))));
  }
  return services;
}

/** Names a service after its program, or after the container that answers most requests. */
function serviceOf(
  containers: readonly ContainerGuess[],
  stackName: string,
  usedNames: ReadonlySet<string>,
): ServiceGuess {
  const main =
    containers.find(({ path }) => path?.value === '/') ??
    containers.find(({ path }) => path !== undefined) ??
    containers[0];
  const wanted = main?.name ?? USUAL_NAME;
  const only = containers.length === 1;
  const longest = only ? USUAL_NAME.length : Math.max(...containers.map(({ name }) => name.length));
  const fits = stackName.length + wanted.length + longest <= MAX_NAMES_LENGTH;
  let name = fits ? wanted : USUAL_NAME;
  for (let number = 2; usedNames.has(name); number += 1) name = `${USUAL_NAME}${number}`;
  return { name, containers: only ? containers.map((one) => ({ ...one, name: USUAL_NAME })) : containers };
}

/** Leaves out libraries. Programs that listen on no port may be workers, or commands that end. */
async function withoutOthers(
  guesses: readonly ContainerGuess[],
  choose: Choose,
  report: Report,
): Promise<ContainerGuess[]> {
  const servers = guesses.filter(({ port }) => port !== undefined);
  if (servers.length === 0) return [...guesses];
  const kept: ContainerGuess[] = [];
  for (const guess of guesses) {
    const { facts, name, port } = guess;
    if (port !== undefined || (await isWanted(facts, name, choose, report))) kept.push(guess);
  }
  return kept;
}

async function isWanted(
  { start, folder, compose }: ProgramFacts,
  name: string,
  choose: Choose,
  report: Report,
): Promise<boolean> {
  if (compose !== undefined || start.source === 'dockerfile' || start.source === 'start script') {
    // By default, Compose does not restart a program that ends, but few Compose files describe such programs.
    const guess = compose !== undefined && !compose.ends ? 'yes' : 'no';
    const question = `${name} (${folder}) starts a program that listens on no port. Does it keep running, as a worker does?`;
    return (await choose({ question, choices: ['yes', 'no'], guess })) === 'yes';
  }
  report({ type: 'note', text: `${folder} is left out: it starts no server.` });
  return false;
}
