/** The looks that call Route 53 first, under the names of their nouns; loaded together. */
export { lookHostedZone as hostedZone } from '../hosted-zone.ts';
export { lookRecord as record } from '../record.ts';
