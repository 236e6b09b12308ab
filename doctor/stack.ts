/** Checks of the configuration, and of what it names: files, images, secrets, roles, alarms and the domain. */
import { shownPath } from '../lib/config/location.ts';
import { containersOf, givenCertificates, type Config } from '../lib/config/config.ts';
import { secretReferencesIn } from '../lib/derive/secrets.ts';
import { namesIdentities } from '../lib/derive/task-permissions.ts';
import { architectureNames } from '../lib/config/fargate.ts';
import { BaseImages } from '../lib/image/base-image.ts';
import { BlobCache } from '../lib/image/blob-cache.ts';
import { imageCacheFolder } from '../lib/image/cache-folder.ts';
import { nodeBaseReferences } from '../lib/image/node-base.ts';
import { lookAlarms } from '../lib/look/alarms.ts';
import { lookCertificate } from '../lib/look/certificate.ts';
import { lookIdentities } from '../lib/look/identities.ts';
import { lookSecrets } from '../lib/look/secrets.ts';
import { lookWebAcl } from '../lib/look/web-acl.ts';
import type { Survey } from '../lib/look/found.ts';
import { isProblem } from '../lib/model/problem.ts';
import { systemClock } from '../lib/model/clock.ts';
import { only } from '../lib/model/resources.ts';
import { foresee, foreseenText } from '../lib/preflight/foresight.ts';
import type { ConnectedTarget } from '../lib/run/target.ts';
import { checkAlarms } from '../provision/alarms.ts';
import { checkCertificates } from '../provision/certificates.ts';
import { checkIdentities } from '../provision/identities.ts';
import { checkImageReferences } from '../provision/image-references.ts';
import { permissionEvents } from '../provision/permissions.ts';
import { checkSecrets } from '../provision/secrets.ts';
import { shadowEvents } from '../provision/shadowed-routes.ts';
import { checkWebAcl } from '../provision/web-acl.ts';
import { no, ok, skipped, warning, type Check, type Verdict } from './check.ts';
import type { Planned } from './facts.ts';
import { countText } from '../lib/model/count-text.ts';
import { tryPrograms } from './programs.ts';

/** Describes the configuration, or every mistake in it. */
export function configurationVerdict(loaded: Config | { readonly error: unknown }, file: string): Verdict {
  if ('error' in loaded) {
    const { error } = loaded;
    if (!isProblem(error, 'CONFIG_MISSING', 'CONFIG_LOAD', 'CONFIG_INVALID', 'ARGUMENTS')) throw error;
    return no([error.what, error.why].join('\n'), ...error.fix);
  }
  const { name, stage, services } = loaded;
  const containers = containersOf(loaded).length;
  return ok(
    `${shownPath(file)}: ${name}-${stage}, ${countText(services.length, 'service')}, ${countText(containers, 'container')}`,
  );
}

/** Lists what the configuration alone lets foresee. */
export function foresightVerdicts(config: Config): readonly Verdict[] {
  const events = [...shadowEvents(config), ...permissionEvents(config)];
  const verdicts = [
    ...foresee(config).map((one) => warning(`${foreseenText({ ...one, fix: '' }).trim()}`, one.fix)),
    ...events.map(({ text }) => warning(text)),
  ];
  return verdicts.length === 0 ? [ok('the configuration alone shows no trouble')] : verdicts;
}

/** Checks that the base image of programs can be pulled, if an image is built on one without an engine. */
export async function checkBaseImage(config: Config, signal: AbortSignal): Promise<Verdict> {
  const built = config.services.filter(({ containers }) =>
    containers.some(({ image, lacksNode }) => 'source' in image && !lacksNode),
  );
  if (config.target === 'sandbox') return skipped('the sandbox supplies Node, so no base image is needed');
  const [first] = built;
  if (!first || config.builder !== 'auto') return skipped('no image is built on the image of Node');
  const images = new BaseImages({
    cache: new BlobCache(imageCacheFolder()),
    architecture: architectureNames(first.architecture).image,
    ...{ clock: systemClock, signal },
  });
  const { reference } = await images.find(nodeBaseReferences(undefined));
  return ok(reference);
}

/** Checks the images that the configuration names by reference. */
async function checkImages(
  { context }: Planned,
  target: ConnectedTarget,
  signal: AbortSignal,
): Promise<Verdict[]> {
  const { aws, config, account } = context;
  const named = containersOf(config).filter(({ image }) => 'reference' in image);
  if (named.length === 0) return [skipped('no image is named by reference')];
  const notes: string[] = [];
  const changes = config.services.map(({ name: key }) => ({
    ...({ noun: 'taskDefinitions', verb: 'create', key, fields: [], reason: '' } as const),
  }));
  const report = ({ text }: { readonly text: string }) => void notes.push(text);
  await checkImageReferences({ aws, config, account, target, signal, report }, changes);
  return notes.length > 0
    ? notes.map((text) => skipped(text))
    : [ok(`${countText(named.length, 'image')} can be pulled`)];
}

/** Checks what the configuration names and others own: each check throws a problem that says what is wrong. */
async function checkNamed({ context }: Planned): Promise<Verdict> {
  const { config, account, names } = context;
  const run = { region: config.region, endpoint: undefined };
  const checked = [
    ...(secretReferencesIn(config).length === 0
      ? []
      : [
          [
            'secrets',
            async () =>
              checkSecrets({ account, config, names, run }, { secrets: await lookSecrets(context) }),
          ] as const,
        ]),
    ...(namesIdentities(config)
      ? [
          [
            'roles',
            async () =>
              checkIdentities({ account, config, run }, { identities: await lookIdentities(context) }),
          ] as const,
        ]
      : []),
    ...(config.services.some(({ deploy }) => deploy.alarms.length > 0)
      ? [['alarms', async () => checkAlarms(config, { alarms: await lookAlarms(context) })] as const]
      : []),
    ...(config.waf === undefined
      ? []
      : [
          [
            'web ACL',
            async () => checkWebAcl({ config, account }, { webAcl: await lookWebAcl(context) }),
          ] as const,
        ]),
  ];
  if (checked.length === 0) return skipped('the configuration names no secrets, roles, alarms or web ACLs');
  await Promise.all(checked.map(([, check]) => check()));
  return ok(`${checked.map(([name]) => name).join(', ')} can be used`);
}

/** Checks the certificate of the domain. */
export async function checkCertificate({ context }: Planned): Promise<Verdict> {
  const { config } = context;
  if (!config.domain?.https) return skipped('the domain is served without HTTPS');
  const certificate = await lookCertificate(context);
  if (givenCertificates(config.domain).length > 0) {
    checkCertificates(config, { certificate } as Survey);
    return ok('the certificates in domain.certificate are for the names of the stack');
  }
  const found = only(certificate);
  if (!found) return ok('is requested with the first provision');
  return found.status === 'ISSUED'
    ? ok(`${found.certificateArn} is issued`)
    : no(
        `${found.certificateArn} is ${found.status}${found.failure === undefined ? '' : `: ${found.failure}`}.`,
        'npm run provision, which validates the certificate, or says why it cannot be validated',
      );
}

/** Building a program takes longer than a call of AWS. Milliseconds. */
const PROGRAMS_MS = 60_000;

/** The facts that the checks share. */
export interface StackFacts {
  readonly loaded: Config | { readonly error: unknown };
  readonly file: string;
  readonly planned: Promise<Planned>;
  readonly target: Promise<ConnectedTarget>;
  /** Reads the state file, and describes it. @throws STATE_CORRUPT, STATE_NEWER */
  readonly describeState: () => Promise<string>;
}

/** Returns the checks of the configuration, and of what it names. */
export function stackChecks({ loaded, file, planned, target, describeState }: StackFacts): Check[] {
  const valid: Check = {
    ...{ group: 'configuration', name: 'configuration' },
    run: async () => configurationVerdict(loaded, file),
  };
  if ('error' in loaded) return [valid];
  const checks: [string, Check['run'], deadlineMs?: number][] = [
    ['foresight', async () => foresightVerdicts(loaded)],
    ['state file', async () => ok(await describeState())],
    ['programs', async (signal) => tryPrograms(await planned, signal), PROGRAMS_MS],
    ['base image', (signal) => checkBaseImage(loaded, signal)],
    ['images', async (signal) => checkImages(await planned, await target, signal)],
    ['secrets and roles', async () => checkNamed(await planned)],
  ];
  return [
    valid,
    ...checks.map(([name, run, deadlineMs]): Check => ({
      ...{ group: 'configuration', name, run },
      ...(deadlineMs !== undefined && { deadlineMs }),
    })),
  ];
}
