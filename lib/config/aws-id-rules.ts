/** The rules for ids that AWS assigns. */
import type { FieldRule } from './field-rules.ts';

/** The id of a hosted zone. @see https://docs.aws.amazon.com/Route53/latest/APIReference/API_HostedZone.html */
export const zoneId: FieldRule = (text) =>
  /^Z[A-Z0-9]{1,31}$/.test(text)
    ? undefined
    : 'Use the id of a hosted zone, e.g. Z0123456789ABCDEFGHIJ, without /hostedzone/.';
