/** Guesses the fields of one container from the facts about its program: the port, the health check, the variables, and the reasons. */
import type { Choose } from './choose.ts';
import { composeEnvironment } from './compose-environment.ts';
import { isLoopback, type Listening } from './listening.ts';
import type { ProgramFacts } from './programs.ts';
import { healthRoute } from './routes.ts';

/** A guessed value, and the reason for it. */
export interface Guess<T> {
  readonly value: T;
  readonly why: string;
}

/** The guessed fields of a container. */
export interface ContainerGuess {
  readonly facts: ProgramFacts;
  readonly name: string;
  /** Undefined for a program that listens on no port. */
  readonly port: Guess<number> | undefined;
  /** Whether the port can be changed with the environment variable PORT. */
  readonly isPortFree: boolean;
  /** Whether only other containers of its task can reach it. */
  readonly isLocal: boolean;
  /** Whether another container of its task requests it, at the address in a variable. */
  readonly isRequested?: boolean;
  /** Undefined until the paths are distributed, and for a container that is not reached from outside. */
  readonly path?: Guess<string> | undefined;
  readonly health: Guess<{ readonly path: string; readonly matcher?: string }> | undefined;
  readonly environment: Readonly<Record<string, Guess<string>>>;
}

/** The port of a program for which no other port is known; most frameworks have this default. */
const USUAL_PORT = 3000;
const USUAL_PORT_OF_OTHERS = 8080;
/** The status codes of a program that works, although the requested path needs a login or does not exist. */
const ANY_ANSWER = '200-404';

/** Guesses the fields of a container. Asks only if the files leave several possibilities. */
export async function guessContainer(
  facts: ProgramFacts,
  name: string,
  choose: Choose,
): Promise<ContainerGuess> {
  const listening = await chooseListening(facts, name, choose);
  const port = facts.compose?.isWorker ? undefined : await guessPort(facts, name, listening, choose);
  const [variable] = listening?.variables ?? [];
  const isLoopbackFixed = isLoopback(listening?.host) && listening?.hostVariable === undefined;
  const needsVariable =
    variable !== undefined && variable !== 'PORT' && port !== undefined && port.value !== listening?.port;
  return {
    facts,
    name,
    port,
    isPortFree: variable === 'PORT' || listening === undefined,
    isLocal: isLoopbackFixed,
    health: port && guessHealth(facts),
    environment: {
      ...composeEnvironment(facts, port?.value),
      ...(needsVariable && {
        [variable]: { value: String(port.value), why: `the program reads its port from ${variable}` },
      }),
      ...(isLoopback(listening?.host) &&
        listening?.hostVariable !== undefined && {
          [listening.hostVariable]: {
            value: '0.0.0.0',
            why: `otherwise the program listens on ${listening.host}, where the load balancer cannot reach it`,
          },
        }),
    },
  };
}

/** Chooses the place where requests arrive, if a program listens on several ports. */
async function chooseListening(
  { listening, start }: ProgramFacts,
  name: string,
  choose: Choose,
): Promise<Listening | undefined> {
  const distinct = [
    ...new Map(listening.map((one) => [`${one.port} ${one.variables.join()}`, one])).values(),
  ];
  const known = distinct.filter(({ port, variables }) => port !== undefined || variables.length > 0);
  const likely =
    known.find(({ port }) => port !== undefined && start.ports.includes(port)) ??
    known.find(({ variables }) => variables.includes('PORT')) ??
    known[0] ??
    distinct[0];
  if (known.length < 2 || likely === undefined) return likely;
  const answer = await choose({
    question: `${name} listens on several ports. Which one do requests arrive on?`,
    choices: known.map(({ evidence }) => evidence),
    guess: likely.evidence,
  });
  return known.find(({ evidence }) => evidence === answer) ?? likely;
}

/** Guesses the port; undefined if nothing suggests that the program answers requests. */
async function guessPort(
  { start, hasWebFramework, compose }: ProgramFacts,
  name: string,
  listening: Listening | undefined,
  choose: Choose,
): Promise<Guess<number> | undefined> {
  const [exposed, ...others] = start.ports;
  const isChosenByVariable = (listening?.variables.length ?? 0) > 0;
  const set = (listening?.variables ?? []).map((variable) => start.environment[variable]).find(Boolean);
  const isComposed = (listening?.variables ?? []).some(
    (variable) => variable in (compose?.environment ?? {}),
  );
  if (isChosenByVariable && /^\d+$/.test(set ?? ''))
    return {
      value: Number(set),
      why: `${listening?.variables.join(' and ')} in ${isComposed ? compose?.file : 'the image'}`,
    };
  const exposedIn = compose?.ports.length
    ? `ports in ${compose.file}`
    : `EXPOSE ${start.ports.join(' ')} in the Dockerfile`;
  const isExposed = exposed !== undefined && others.length === 0;
  if (isExposed && (listening?.port === undefined || isChosenByVariable))
    return { value: exposed, why: exposedIn };
  if (listening?.port !== undefined) return { value: listening.port, why: listening.evidence };
  if (exposed !== undefined) return { value: exposed, why: exposedIn };
  if (listening !== undefined && isChosenByVariable) return { value: USUAL_PORT, why: listening.evidence };
  const isOtherLanguage = start.base.kind === 'other';
  if (listening === undefined && !hasWebFramework && !isOtherLanguage) return undefined;
  const answer = await choose({
    question: `Which port does ${name} listen on?`,
    choices: 'port',
    guess: String(isOtherLanguage ? USUAL_PORT_OF_OTHERS : USUAL_PORT),
  });
  return { value: Number(answer), why: 'a guess: the port was not found in the source' };
}

/** Guesses the health check. */
function guessHealth({ routes, compose }: ProgramFacts): ContainerGuess['health'] {
  if (compose?.healthPath !== undefined)
    return { value: { path: compose.healthPath }, why: `the health check in ${compose.file}` };
  const route = healthRoute(routes);
  if (route) return { value: { path: route.path }, why: `a route in ${route.file}` };
  const root = routes.find(({ path, isPlainGet }) => path === '/' && isPlainGet);
  if (root)
    return { value: { path: '/' }, why: `a route in ${root.file}; there is no route for health checks` };
  return {
    value: { path: '/', matcher: ANY_ANSWER },
    why: 'there is no route for health checks, so any answer without an error of the server counts',
  };
}
