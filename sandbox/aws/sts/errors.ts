/** The refusals of STS, and those of temporary credentials in the wording of each protocol. */
import { refusal, type Refusal } from '../../protocol/refusal.ts';

export const accessDenied = (message: string): Refusal => refusal('AccessDenied', message, 403);

export const cannotAssume = (caller: string, action: string, role: string): Refusal =>
  accessDenied(`User: ${caller} is not authorized to perform: ${action} on resource: ${role}`);

export const validationError = (message: string): Refusal => refusal('ValidationError', message);

/** A group of services that word the refusals of credentials in the same way. */
export type CredentialWording = 'ec2' | 'json' | 'xml';

/** The refusals of credentials that are unknown, and of credentials that have expired. */
export const CREDENTIAL_REFUSALS: Readonly<
  Record<CredentialWording, { readonly invalid: () => Refusal; readonly expired: () => Refusal }>
> = {
  ec2: {
    invalid: () =>
      refusal('AuthFailure', 'AWS was not able to validate the provided access credentials', 401),
    expired: () => refusal('RequestExpired', 'Request has expired.'),
  },
  json: {
    invalid: () =>
      refusal('UnrecognizedClientException', 'The security token included in the request is invalid.'),
    expired: () => refusal('ExpiredTokenException', 'The security token included in the request is expired'),
  },
  xml: {
    invalid: () =>
      refusal('InvalidClientTokenId', 'The security token included in the request is invalid', 403),
    expired: () => refusal('ExpiredToken', 'The security token included in the request is expired', 403),
  },
};
