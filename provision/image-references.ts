/** Checks the images before a deployment: a task cannot start without its image, or without what its image needs. */
import type { Aws } from '../lib/aws/clients.ts';
import type { Config, Container } from '../lib/config/config.ts';
import { ARCHITECTURE } from '../lib/config/fargate.ts';
import { shownPath } from '../lib/config/location.ts';
import { partitionOf } from '../lib/derive/partitions.ts';
import { waitForSiblings } from '../lib/engine/concurrent.ts';
import { checkInEcr, ecrRegistryOf } from '../lib/image/ecr-check.ts';
import { checkInRegistry } from '../lib/image/registry-check.ts';
import { parseImageReference, type ImageCheck } from '../lib/image/reference.ts';
import type { Change } from '../lib/model/change.ts';
import { NOTHING_CHANGED, problem } from '../lib/model/problem.ts';
import type { Report } from '../lib/model/report.ts';
import type { ConnectedTarget } from '../lib/run/target.ts';

/** The run as the checks need it. */
interface ImageContext {
  readonly aws: Pick<Aws, 'ecr'>;
  readonly config: Config;
  /** The twelve digits of the account. */
  readonly account: string;
  readonly target: Pick<ConnectedTarget, 'sandbox' | 'endpointName'>;
  readonly signal: AbortSignal;
  readonly report: Report;
}

/** One image that cannot be used. */
interface BadImage {
  readonly what: string;
  readonly why: string;
  readonly fix: string;
}

/**
 * Checks the images of all services that the plan deploys. An image that cannot be checked is reported in a note.
 * @throws IMAGE with every image that is missing, or built for another platform, or that the sandbox cannot pull or run
 */
export async function checkImageReferences(context: ImageContext, changes: readonly Change[]): Promise<void> {
  const deployed = new Set(
    changes.filter(({ noun, verb }) => noun === 'taskDefinitions' && verb !== 'remove').map(({ key }) => key),
  );
  const containers = context.config.services
    .filter(({ name }) => deployed.has(name))
    .flatMap((service) => service.containers);
  const checked = await waitForSiblings(containers.map((container) => checkContainer(context, container)));
  const bad = checked.flatMap((one) => one ?? []);
  if (bad.length > 0) throw badImages(bad);
}

async function checkContainer(context: ImageContext, container: Container): Promise<BadImage | undefined> {
  const { image, name } = container;
  if (!('reference' in image)) return container.lacksNode ? checkRuntime(context, container) : undefined;
  const { reference } = image;
  const check = await checkReference(context, reference);
  switch (check.state) {
    case 'usable':
      return checkRuntime(context, container);
    case 'unknown':
      context.report({ type: 'note', text: `the image of ${name} was not checked: ${check.why}` });
      return undefined;
    case 'missing':
      return {
        what: `the image ${reference} of ${name} does not exist`,
        why: check.why,
        fix: `Correct image of ${name}, or push the image.`,
      };
    case 'other platform':
      return {
        what: `the image ${reference} of ${name} is not built for linux/${ARCHITECTURE}`,
        why: `It is built for ${check.platforms.join(', ') || 'no platform'}.`,
        fix: `Build and push the image of ${name} for linux/${ARCHITECTURE}: docker buildx build --platform linux/${ARCHITECTURE}`,
      };
    case 'not pulled by the sandbox':
      return {
        what: `the sandbox cannot pull the image ${reference} of ${name}`,
        why: `The sandbox pulls only from its own ECR, ${check.registry}.`,
        fix: `Push a copy of the image to ${check.registry}, or set source instead of image for ${name}.`,
      };
  }
}

/** An image without Node runs on the sandbox only with an OCI runtime of its machine. */
async function checkRuntime(
  { target, config: { region } }: ImageContext,
  { image, name, command = [] }: Container,
): Promise<BadImage | undefined> {
  const isBuilt = 'source' in image;
  const reference = isBuilt ? image.source : image.reference;
  // A sandbox that cannot tell leaves the decision to the start of the task.
  const lacks = target.sandbox?.lacksRuntime?.(isBuilt ? undefined : { reference, region, command });
  if (!(await lacks?.catch(() => false))) return undefined;
  const subject = isBuilt ? shownPath(reference) : `the image ${reference}`;
  return {
    what: `${subject} of ${name} cannot run on this machine`,
    why: 'The sandbox supplies Node. A program of another kind needs an OCI runtime, which this machine lacks.',
    fix: `Install runc or crun for ${name}, on Linux: apt-get install runc. The sandbox need not be restarted.`,
  };
}

type Check = ImageCheck | { readonly state: 'not pulled by the sandbox'; readonly registry: string };

async function checkReference(context: ImageContext, reference: string): Promise<Check> {
  const { aws, config, account, target, signal } = context;
  const parsed = parseImageReference(reference);
  const ecr = ecrRegistryOf(parsed.host);
  if (ecr && ecr.region === config.region && (!target.sandbox || ecr.registryId === account)) {
    const { registryId } = ecr;
    return checkInEcr(aws, parsed, { registryId, isOwn: registryId === account }, ARCHITECTURE);
  }
  if (target.sandbox?.pullsOnlyFromEcr) {
    const registry = `${account}.dkr.ecr.${config.region}.${partitionOf(config.region).dnsSuffix}`;
    return { state: 'not pulled by the sandbox', registry };
  }
  // Emulators of AWS start no program, and a registry of ECR in another region requires a login.
  if (target.endpointName !== 'aws' || ecr) return { state: 'usable' };
  return checkInRegistry(parsed, ARCHITECTURE, signal);
}

function badImages(bad: readonly BadImage[]) {
  const sentence = bad.map(({ what }) => what).join('; ');
  return problem('IMAGE', {
    what: `${sentence[0]?.toUpperCase()}${sentence.slice(1)}.`,
    why: [...new Set(bad.map(({ why }) => why))].join('\n'),
    now: NOTHING_CHANGED,
    fix: bad.map(({ fix }) => fix),
  });
}
