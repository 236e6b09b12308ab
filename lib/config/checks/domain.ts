/** Checks of a domain with several names or with HTTPS. */
import { arnInPartitionOf } from '../../derive/partitions.ts';
import type { Config } from '../config.ts';
import type { Finding } from '../finding.ts';

export function* namesAreUnique({ domain }: Config): Iterable<Finding> {
  if (domain === undefined) return;
  const seen = new Set([domain.name]);
  for (const [index, name] of domain.names.entries()) {
    if (seen.has(name))
      yield {
        path: ['domain', 'names', index],
        fix: `Remove it: ${name === domain.name ? 'domain.name' : 'the list'} already has this name.`,
      };
    seen.add(name);
  }
}

/** A load balancer uses certificates of its own region. */
export function* certificatesAreUsable({ domain, region }: Config): Iterable<Finding> {
  if (domain?.certificate === undefined) return;
  const isList = Array.isArray(domain.certificate);
  const arns = [domain.certificate].flat();
  if (!domain.https)
    yield {
      path: ['domain', 'certificate'],
      fix: 'Set domain.https to true, or remove the certificate: port 80 uses none.',
      basedOn: [['domain', 'https']],
    };
  for (const [index, arn] of arns.entries()) {
    const path = ['domain', 'certificate', ...(isList ? [index] : [])];
    const certificateRegion = arn.split(':')[3];
    if (certificateRegion !== region)
      yield {
        path,
        fix: `Use a certificate in ${region}: a load balancer cannot use one in ${certificateRegion}. Without domain.certificate, Slipway requests one.`,
        basedOn: [['region']],
      };
    const inPartition = certificateRegion === region ? arnInPartitionOf(region, arn) : undefined;
    if (inPartition !== undefined)
      yield {
        path,
        fix: `Use the partition that contains ${region}: ${inPartition}.`,
        basedOn: [['region']],
      };
    if (arns.indexOf(arn) !== index) yield { path, fix: 'Remove it: the list already has this certificate.' };
  }
}

/** @see https://docs.aws.amazon.com/acm/latest/userguide/acm-limits.html */
const MAX_NAMES = 10;
/** X.509 limits the common name of a certificate. */
const MAX_COMMON_NAME_LENGTH = 64;

export function* certificateNamesAreWithinLimits({ domain }: Config): Iterable<Finding> {
  if (!domain?.https || domain.certificate !== undefined) return;
  const count = 1 + domain.names.length;
  if (count > MAX_NAMES)
    yield {
      path: ['domain', 'names'],
      value: `${domain.names.length} names`,
      fix: `Use at most ${MAX_NAMES - 1}, or a wildcard: a certificate of ACM has at most ${MAX_NAMES} names.`,
    };
  if (domain.name.length > MAX_COMMON_NAME_LENGTH)
    yield {
      path: ['domain', 'name'],
      fix: `Use a name of at most ${MAX_COMMON_NAME_LENGTH} characters, and put this one into domain.names: the first name of a certificate cannot be longer.`,
      basedOn: [['domain', 'https']],
    };
}
