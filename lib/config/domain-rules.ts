/** The rules for the fields of a domain that may be wildcards or certificates. */
import { domainName, type FieldRule } from './field-rules.ts';

/** Like `domainName`, but the first label may be a wildcard, which covers exactly one label. */
export const recordName: FieldRule = (text) => {
  const rest = text.replace(/^\*\./, '');
  return rest.includes('*')
    ? 'Use a wildcard only as the whole first label, e.g. *.example.com: it covers exactly one label.'
    : domainName(rest);
};

/** The ARN of a certificate. @see https://docs.aws.amazon.com/acm/latest/APIReference/API_CertificateDetail.html */
export const certificateArn: FieldRule = (text) =>
  /^arn:aws[\w-]*:acm:[a-z0-9-]+:\d{12}:certificate\/[\w-]+$/.test(text)
    ? undefined
    : 'Use the ARN of a certificate in ACM, e.g. arn:aws:acm:eu-west-1:123456789012:certificate/…; aws acm list-certificates shows them.';
