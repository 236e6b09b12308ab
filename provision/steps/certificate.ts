/** The certificate: requested from ACM for all names of the domain. It is issued once its validation records are in DNS. */
import { createHash } from 'node:crypto';
import {
  AddTagsToCertificateCommand,
  DeleteCertificateCommand,
  RemoveTagsFromCertificateCommand,
  RequestCertificateCommand,
} from '@aws-sdk/client-acm';
import { formerTagsIn } from '../../lib/aws/retag.ts';
import { givenCertificates, namesOfDomain } from '../../lib/config/config.ts';
import { foreignOwner } from '../../lib/derive/ownership.ts';
import { desiredTags, tagFields, toPascalCaseTags, type TagField } from '../../lib/derive/tags.ts';
import { ignoringNotFound } from '../../lib/engine/delete.ts';
import type { Step } from '../../lib/engine/step.ts';
import { isDead, type FoundCertificate } from '../../lib/look/certificate.ts';
import type { Desired } from '../../lib/look/context.ts';
import { compare, touches, type DesiredFields } from '../../lib/model/change.ts';
import { ONLY } from '../../lib/model/resources.ts';

type Field = 'names' | 'state' | TagField;

/** The state of a certificate that is issued, or can still be issued. */
const USABLE = 'usable';

function desiredFields(desired: Desired): Map<string, DesiredFields<Field>> {
  const { domain } = desired.config;
  if (!domain?.https || domain.certificate !== undefined) return new Map();
  const names = namesOfDomain(domain).sort().join(', ');
  return new Map([[ONLY, { names, state: USABLE, ...desiredTags(desired, 'certificate', ONLY) }]]);
}

const stateOf = (certificate: FoundCertificate): string =>
  isDead(certificate) ? [certificate.status, certificate.failure].filter(Boolean).join(' ') : USABLE;

export const certificate: Step<'certificate', Field> = {
  diff(desired, found) {
    const given = givenCertificates(desired.config.domain);
    return compare({
      noun: 'certificate',
      desired: desiredFields(desired),
      // An existing certificate is used as it is, even if it has our tags.
      found: new Map([...found.certificate].filter(([key]) => !given.includes(key))),
      fieldsOf: (certificate) => ({
        names: certificate.certificateNames.join(', '),
        state: stateOf(certificate),
        ...tagFields(certificate.tags),
      }),
      immutable: {
        names:
          'the names of a certificate cannot be changed: a new one is issued before the old one is deleted',
        state: 'a certificate that has failed or expired cannot be issued again',
      },
      whyForeign: ({ tags, createdAt }) => foreignOwner(tags, desired.names.stack, createdAt),
    });
  },

  /**
   * ACM remembers a token for an hour, even if the certificate is deleted. A replacement has no intent, so its token depends on
   * the certificate that it replaces.
   * @see https://docs.aws.amazon.com/acm/latest/APIReference/API_RequestCertificate.html
   */
  async create({ aws, config: { domain }, names, intent, existing, tags }) {
    if (!domain) throw new Error('Only a domain has a certificate');
    const origin = [names.stack, domain.name, ...domain.names, intent.token, existing?.certificateArn ?? ''];
    const { CertificateArn = '' } = await aws.acm(
      new RequestCertificateCommand({
        DomainName: domain.name,
        ...(domain.names.length > 0 && { SubjectAlternativeNames: [...domain.names] }),
        ValidationMethod: 'DNS',
        IdempotencyToken: createHash('sha256').update(origin.join('\n')).digest('hex').slice(0, 32),
        Tags: toPascalCaseTags(tags),
      }),
    );
    return { certificateArn: CertificateArn };
  },

  async update({ aws, change, tags }, { certificateArn: CertificateArn }) {
    if (!touches(change, 'tag.')) return;
    await aws.acm(new AddTagsToCertificateCommand({ CertificateArn, Tags: toPascalCaseTags(tags) }));
    const formerKeys = formerTagsIn(change);
    if (formerKeys.length > 0) {
      const Tags = formerKeys.map((Key) => ({ Key }));
      await aws.acm(new RemoveTagsFromCertificateCommand({ CertificateArn, Tags }));
    }
  },

  /** Deletes the old certificate, which no listener uses any more. */
  async cleanUp({ aws, change, existing }) {
    if (change.verb !== 'replace' || !existing) return;
    const { certificateArn: CertificateArn } = existing;
    await ignoringNotFound(() => aws.acm(new DeleteCertificateCommand({ CertificateArn })));
  },
};
