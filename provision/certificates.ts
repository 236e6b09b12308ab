/** Checks existing certificates before a provision, waits until a requested one is issued, and explains why it is not. */
import type { CertificateDetail } from '@aws-sdk/client-acm';
import { givenCertificates, namesOfDomain, type Config } from '../lib/config/config.ts';
import type { ApplyContext } from '../lib/engine/step.ts';
import { failed, pending, ready } from '../lib/engine/until.ts';
import {
  describeCertificate,
  isDead,
  validatedName,
  type FoundCertificate,
} from '../lib/look/certificate.ts';
import type { Survey } from '../lib/look/found.ts';
import { ifFound } from '../lib/look/if-found.ts';
import { isProblem, NOTHING_CHANGED, nowAfter, problem, type Problem } from '../lib/model/problem.ts';
import { nameServersOf, undelegatedZone, zoneOf, type ZoneContext } from './validation-zone.ts';

/**
 * Checks the existing certificates that the configuration names.
 * @throws CERTIFICATE, with all reasons, if one does not exist or is not issued, or if a name is covered by none or by several
 */
export function checkCertificates({ domain, region }: Config, { certificate: found }: Survey): void {
  const given = givenCertificates(domain);
  if (!domain || given.length === 0) return;
  const usable = given.flatMap((arn) => found.get(arn) ?? []).filter(({ status }) => status === 'ISSUED');
  const reasons = [
    ...given.flatMap((arn) => {
      const status = found.get(arn)?.status;
      if (status === 'ISSUED') return [];
      return [
        status === undefined ? `${arn} does not exist in ${region}.` : `${arn} is ${status}, not ISSUED.`,
      ];
    }),
    ...namesOfDomain(domain).flatMap((name) => {
      const covering = usable.filter((certificate) => covers(certificate, name));
      if (covering.length === 1) return [];
      if (covering.length === 0)
        return usable.length < given.length ? [] : [`No certificate is for ${name}.`];
      return [
        `Several certificates are for ${name}: ${covering.map(({ certificateArn }) => certificateArn).join(', ')}.`,
      ];
    }),
  ];
  if (reasons.length === 0) return;
  throw problem('CERTIFICATE', {
    what: 'The certificates in domain.certificate cannot serve the names of the stack.',
    why: reasons.join('\n'),
    now: NOTHING_CHANGED,
    fix: [
      'Correct domain.certificate in slipway.config.ts,',
      'or remove it: with domain.https alone, Slipway requests a certificate.',
    ],
  });
}

/** Whether a certificate is for a name, possibly by a wildcard, which covers exactly one label. */
function covers({ certificateNames }: FoundCertificate, name: string): boolean {
  const wildcard = name.replace(/^[^.]+/, '*');
  return certificateNames.includes(name) || certificateNames.includes(wildcard);
}

type WaitContext = ZoneContext & Pick<ApplyContext<'listener'>, 'until'>;

/**
 * After this many checks, a zone that its parent does not delegate is given as the reason: 5 min on AWS, 6 s on the sandbox. If the
 * account does not have the parent, the note says which servers it must delegate to.
 */
const PATIENT_CHECKS = 60;

/**
 * Waits until a certificate is issued.
 * @throws CERTIFICATE if ACM cannot issue it, or does not find its validation records in time
 */
export async function waitUntilIssued(context: WaitContext, certificateArn: string): Promise<void> {
  let checks = 0;
  let names: string[] = [];
  let advice = '';
  try {
    await context.until(
      `the certificate of ${context.config.domain?.name} to be issued`,
      'certificate',
      async () => {
        const detail = await ifFound(() => describeCertificate(context, certificateArn));
        if (!detail) return pending('it is not visible yet');
        const { Status: status = '' } = detail;
        if (status === 'ISSUED') return ready(undefined);
        if (isDead({ status })) return failed(status, notIssued(context, detail));
        names = pendingNames(detail);
        if ((checks += 1) === PATIENT_CHECKS && names.length > 0) {
          const servers = await nameServersOf(context);
          const undelegated = await undelegatedZone(context, servers);
          if (undelegated) return failed('the zone is not delegated', undelegated);
          advice = `; the parent of ${zoneOf(context)} must delegate to ${servers.join(', ')}`;
        }
        return pending(
          names.length === 0
            ? 'ACM has validated all names, and is issuing the certificate'
            : `ACM has not found the validation record of ${names.join(', ')} in public DNS yet${advice}`,
        );
      },
    );
  } catch (error) {
    if (isProblem(error, 'TIMEOUT')) throw await notFoundInTime(context, names, error);
    throw error;
  }
}

const pendingNames = ({ DomainValidationOptions = [] }: CertificateDetail): string[] => [
  ...new Set(
    DomainValidationOptions.filter(({ ValidationStatus }) => ValidationStatus !== 'SUCCESS').map(
      ({ DomainName = '' }) => validatedName(DomainName),
    ),
  ),
];

/**
 * Why ACM does not issue a certificate, and what to do, by its reason.
 * @see https://docs.aws.amazon.com/acm/latest/userguide/troubleshooting-failed.html
 */
const EXPLANATIONS: Readonly<Record<string, readonly [why: string, fix: string]>> = {
  CAA_ERROR: [
    'A CAA record of the domain, or of its parent, lists the authorities that may issue certificates, and Amazon is not among them.',
    'Add the CAA record 0 issue "amazon.com" where the other CAA records are; for a wildcard, also 0 issuewild "amazon.com".',
  ],
  DOMAIN_NOT_ALLOWED: [
    'A reputation list names the domain as unsafe.',
    'Check the domain at https://www.virustotal.com and have it removed from the lists, or open a case with AWS Support.',
  ],
  ADDITIONAL_VERIFICATION_REQUIRED: [
    'AWS wants to check the owner of the domain first.',
    'Open a case with AWS Support.',
  ],
  INVALID_PUBLIC_DOMAIN: [
    'One of the names is not in the public DNS: its last label is not a public domain.',
    'Use a name in a domain that is registered.',
  ],
  VALIDATION_TIMED_OUT: [
    'ACM did not find the validation records in public DNS within 72 hours.',
    'Make the parent of the zone, or its registrar, delegate to the zone.',
  ],
};

function notIssued(
  { config }: WaitContext,
  { Status, FailureReason, DomainValidationOptions = [] }: CertificateDetail,
): Problem {
  const reason = FailureReason ?? Status ?? '';
  const [why, fix] = EXPLANATIONS[reason] ?? [
    `ACM reports ${reason}.`,
    'Check domain.name and domain.names for typing errors.',
  ];
  const rejected = DomainValidationOptions.filter(
    ({ ValidationStatus }) => ValidationStatus === 'FAILED',
  ).map(({ DomainName }) => DomainName);
  return problem('CERTIFICATE', {
    what: `ACM did not issue the certificate of ${config.domain?.name}: ${reason}.`,
    why: [why, ...(rejected.length > 0 ? [`It concerns ${rejected.join(', ')}.`] : [])].join('\n'),
    now: nowAfter('npm run provision'),
    fix: [
      fix,
      'Then npm run provision: it requests another certificate, since a failed request cannot be repeated.',
    ],
  });
}

async function notFoundInTime(
  context: WaitContext,
  names: readonly string[],
  cause: unknown,
): Promise<Problem> {
  const { config } = context;
  const servers = await nameServersOf(context);
  const undelegated = await undelegatedZone(context, servers);
  if (undelegated) return undelegated;
  return problem('CERTIFICATE', {
    what: `The certificate of ${config.domain?.name} is not issued yet.`,
    why:
      names.length === 0
        ? 'ACM has validated all names, but has not issued it.'
        : `ACM has not found the validation record of ${names.join(', ')} in public DNS.`,
    now: `${nowAfter('npm run provision')} ACM keeps looking for 72 hours.`,
    fix: [
      `Make the parent of ${zoneOf(context)}, or its registrar, delegate to the zone's name servers: ${servers.join(', ')}.`,
      'Then npm run provision, to continue.',
    ],
    cause,
  });
}
