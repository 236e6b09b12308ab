/** Runs `npm run open`: prints the address of a stack, and opens it in a browser if there is one. */
import { survey } from '../lib/engine/survey.ts';
import { withSharedBalancer } from '../provision/shared-balancer.ts';
import { stackAddress } from '../provision/done/stack-address.ts';
import type { Config } from '../lib/config/config.ts';
import type { LookContext } from '../lib/look/context.ts';
import type { Survey } from '../lib/look/found.ts';
import { isFormerServiceKey } from '../lib/look/services.ts';
import type { Noun } from '../lib/model/architecture.ts';
import { NOTHING_CHANGED, problem, type Problem } from '../lib/model/problem.ts';
import { announce, inSession } from '../lib/run/in-session.ts';
import type { CommandContext, CommandResult } from '../lib/run/main.ts';
import type { Session, SessionDependencies } from '../lib/run/session.ts';
import type { OpenResult } from '../lib/run/steering-results.ts';
import { addressesIn } from './addresses.ts';
import { hasDisplay, startBrowser, type BrowserEnvironment } from '../lib/run/browser.ts';

/** The nouns that decide the address. */
const NOUNS: readonly Noun[] = ['loadBalancer', 'listener', 'services', 'hostedZone', 'record'];

/** Opens an address in a browser; tests replace it. */
type OpenBrowser = typeof startBrowser;

/**
 * Does what `npm run open` does. It changes nothing.
 * @throws ARGUMENTS if there is no such container; NOT_DEPLOYED; NO_ADDRESS if there is nothing that a browser can request
 */
export async function openAddress(
  invocation: CommandContext,
  dependencies: SessionDependencies,
  environment: BrowserEnvironment = process,
  openBrowser: OpenBrowser = startBrowser,
): Promise<CommandResult<OpenResult>> {
  // Checked before the first call; the host is not known yet.
  addressesIn(await dependencies.config, 'http://localhost', invocation.options.container);
  const sessionOptions = {
    command: 'open',
    isReadOnly: true,
    survey: (context: LookContext) => survey(context, NOUNS),
    ...dependencies,
  };
  return inSession(invocation, sessionOptions, async (session) => {
    const { options, interactive, report } = invocation;
    const stackInfo = announce(session, invocation, 'open');
    const surveyed = await session.found;
    const found = withSharedBalancer(session.config, surveyed);
    const url = await urlIn(session, found);
    const [first, ...others] = addressesIn(session.config, url, options.container);
    if (first === undefined) throw new Error('There is no address');
    for (const other of others) report({ type: 'note', text: `${other.container}: ${other.url}` });
    const caution = cautionAbout(session.config, found);
    if (caution !== undefined) report({ type: 'warning', text: caution });
    const isWanted =
      options.open && interactive && isReachable(session.config, found) && hasDisplay(environment);
    const isOpened = isWanted && (await openBrowser(first.url, environment));
    if (isWanted && !isOpened) report({ type: 'warning', text: 'no browser could be started' });
    return { exitCode: 0, text: first.url, json: { ...stackInfo, ...first, opened: isOpened, others } };
  });
}

/** Returns the address of the stack. @throws NOT_DEPLOYED, NO_ADDRESS */
async function urlIn(session: Session, found: Survey): Promise<string> {
  const { stack } = session.lookContext().names;
  if (found.loadBalancer.size === 0) throw nothingThere(stack, found.services.size > 0);
  const url = await stackAddress(session, found);
  if (url === undefined) throw doesNotResolve(stack);
  return url;
}

/** Whether this machine can reach the address: an internal load balancer is only reachable from within its VPC. */
const isReachable = ({ target }: Pick<Config, 'target'>, { loadBalancer }: Survey): boolean =>
  target === 'sandbox' || [...loadBalancer.values()].every(({ scheme }) => scheme !== 'internal');

/** Describes why the address may not answer although it is right; undefined if nothing speaks against it. */
function cautionAbout(config: Config, found: Survey): string | undefined {
  const active = [...found.services].filter(
    ([key, { status, desiredCount }]) => !isFormerServiceKey(key) && status === 'ACTIVE' && desiredCount > 0,
  );
  if (!isReachable(config, found))
    return 'the load balancer is internal: only machines in its VPC, or connected to it, reach this address';
  const owner = config.loadBalancer === undefined ? '' : 'the load balancer belongs to someone else, and ';
  if (active.length === 0) return `${owner}no service of the stack has tasks: requests are not answered`;
  return undefined;
}

const nothingThere = (stack: string, hasServices: boolean): Problem =>
  problem('NOT_DEPLOYED', {
    what: hasServices ? `${stack} has no load balancer.` : `${stack} is not deployed.`,
    why: hasServices
      ? 'The stack exists only partly: its last provision or teardown has not finished, or someone has deleted the load balancer.'
      : 'It has not been provisioned, or has been removed.',
    now: NOTHING_CHANGED,
    fix: ['npm run provision'],
  });

const doesNotResolve = (stack: string): Problem =>
  problem('NO_ADDRESS', {
    what: `The address of ${stack} does not resolve.`,
    why: 'The load balancer exists, but no name leads to it yet: the stack exists only partly, or it was created a moment ago.',
    now: NOTHING_CHANGED,
    fix: ['npm run status, to see what exists', 'npm run provision'],
  });
