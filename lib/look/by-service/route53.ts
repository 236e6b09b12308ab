/** The looks that ask Route 53 first, loaded together. */
export { lookHostedZone } from '../hosted-zone.ts';
export { lookRecord } from '../record.ts';
