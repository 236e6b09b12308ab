/** The plan: every step's diff at once, and the list of the steps. */
import { nouns } from '../lib/model/architecture.ts';
import { changeAddress, type Change } from '../lib/model/change.ts';
import type { Survey } from '../lib/look/found.ts';
import type { Desired } from '../lib/look/context.ts';
import { NOTHING_TOUCHED, problem } from '../lib/model/problem.ts';
import { addressOf, type Noun } from '../lib/model/resources.ts';
import type { Step } from '../lib/engine/step.ts';
import { cluster } from './steps/cluster.ts';
import { elasticIp } from './steps/elastic-ip.ts';
import { hostedZone } from './steps/hosted-zone.ts';
import { images } from './steps/images.ts';
import { internetGateway } from './steps/internet-gateway.ts';
import { listener } from './steps/listener.ts';
import { withoutFailedBalancer, loadBalancer } from './steps/load-balancer.ts';
import { logGroup } from './steps/log-group.ts';
import { natGateway } from './steps/nat-gateway.ts';
import { privateRoutes } from './steps/private-routes.ts';
import { publicRoutes } from './steps/public-routes.ts';
import { record } from './steps/record.ts';
import { repositories } from './steps/repositories.ts';
import { roles } from './steps/roles.ts';
import { rules } from './steps/rules.ts';
import { securityGroups } from './steps/security-groups.ts';
import { serviceLinkedRole } from './steps/service-linked-role.ts';
import { services } from './steps/services.ts';
import { subnets } from './steps/subnets.ts';
import { targetGroups } from './steps/target-groups.ts';
import { taskDefinitions } from './steps/task-definitions.ts';
import { withFormerOwners, takeOver } from './take-over.ts';
import { vpc } from './steps/vpc.ts';

/** How each noun is built. */
export const steps = {
  serviceLinkedRole,
  roles,
  logGroup,
  repositories,
  images,
  vpc,
  internetGateway,
  subnets,
  securityGroups,
  publicRoutes,
  elasticIp,
  natGateway,
  privateRoutes,
  loadBalancer,
  targetGroups,
  listener,
  rules,
  cluster,
  taskDefinitions,
  services,
  hostedZone,
  record,
} satisfies { readonly [N in Noun]: Step<N> };

/** What provision would do. */
export interface Plan {
  /** What it is made of: the survey, and in it as ours what is to be adopted. */
  readonly found: Survey;
  readonly changes: readonly Change[];
  /** The addresses of what stays as it is. */
  readonly kept: readonly string[];
}

/**
 * Makes the plan.
 * @param adopt addresses of things to take over
 * @throws ZONE when the region has too few availability zones, FOREIGN when things with our names are
 * not ours, ARGUMENTS when there is nothing to adopt, REFUSED when things of ours cannot become what is wanted
 */
export function makePlan(desired: Desired, surveyed: Survey, adopt: readonly string[] = []): Plan {
  checkZones(desired, surveyed);
  const { stack } = desired.names;
  const found = withoutFailedBalancer(
    adopt.length === 0 ? surveyed : takeOver(surveyed, refusedBy(desired, surveyed).others, adopt, stack),
  );
  const { others, stuck, changes } = refusedBy(desired, found);
  if (others.length > 0) throw foreign(others);
  if (stuck.length > 0) throw cannotBecome(stuck);
  const touched = new Set(changes.map(({ noun: step, key, replaces = key }) => addressOf(step, replaces)));
  const kept = nouns
    .flatMap((name) => [...found[name].keys()].sort().map((key) => addressOf(name, key)))
    .filter((address) => !touched.has(address));
  return { found, changes: withFormerOwners(changes, surveyed, adopt, stack), kept };
}

/** All changes, and those that cannot be made: of others' things, and of ours. */
function refusedBy(desired: Desired, found: Survey) {
  const changes = nouns.flatMap((name) => (steps[name] as Step<Noun>).diff(desired, found));
  const refused = changes.filter(({ verb }) => verb === 'refused');
  return {
    changes,
    others: refused.filter(({ cannotUpdate: stuck }) => !stuck),
    stuck: refused.filter(({ cannotUpdate: stuck }) => stuck),
  };
}

function checkZones({ config }: Desired, { zones }: Survey): void {
  if (zones.length >= config.network.zones) return;
  throw problem('ZONE', {
    what: `${config.region} has too few availability zones for this network.`,
    why: `network.zones is ${config.network.zones}; the account may use ${zones.length}: ${zones.join(', ')}.`,
    now: NOTHING_TOUCHED,
    fix: ['Lower network.zones in slipway.config.ts, or choose another region.'],
  });
}

const listed = (refused: readonly Change[]): string =>
  refused.map((change) => `${changeAddress(change)}: ${change.reason}`).join('\n');

/** What helps where it is not a name of the stack that is taken. */
const DOMAIN_OF_A_STAGE =
  'Each stage needs a domain of its own: slipway.config.ts may export a function of { stage }.';

const foreign = (refused: readonly Change[]) =>
  problem('FOREIGN', {
    what: 'There are things in the way that have a name of ours and are not ours.',
    why: listed(refused),
    now: NOTHING_TOUCHED,
    fix: [
      ...(refused.some(({ noun: step }) => step === 'record' || step === 'hostedZone')
        ? [DOMAIN_OF_A_STAGE]
        : []),
      'Choose another name in slipway.config.ts or another --stage,',
      `or npm run provision -- ${refused.map((change) => `--adopt ${changeAddress(change)}`).join(' ')}, to take it over: it then goes with a teardown,`,
      'or remove what is there, if you know that nobody needs it.',
    ],
  });

const cannotBecome = (refused: readonly Change[]) =>
  problem('REFUSED', {
    what: 'There are things of ours that cannot become what the configuration says.',
    why: listed(refused),
    now: NOTHING_TOUCHED,
    fix: [
      'Take the change in slipway.config.ts back,',
      'or npm run teardown and then npm run provision, to begin anew.',
    ],
  });
