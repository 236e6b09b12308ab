/** Identifies the caller of a service by the access key in the signature. The signature itself is not checked. */
import { CREDENTIAL_REFUSALS, type CredentialWording } from '../aws/sts/errors.ts';
import { identifyCaller } from '../aws/sts/sessions.ts';
import type { Caller } from '../operations.ts';
import { jsonProtocol } from '../protocol/json-protocol.ts';
import type { WireProtocol, WireRequest } from '../protocol/wire.ts';
import type { Region } from '../world/region.ts';

/** @throws the service's refusal of temporary credentials that are unknown or have expired */
export function callerOf(
  region: Region,
  { name, protocol }: { readonly name: string; readonly protocol: WireProtocol },
  accessKeyId: string,
  { headers }: WireRequest,
): Caller {
  const credentials = { accessKeyId, sessionToken: headers['x-amz-security-token'] };
  const caller = identifyCaller(region, credentials, wordingOf(name, protocol));
  // IAM accepts the temporary credentials of a user only with a second factor, which the sandbox does not have.
  if (name === 'iam' && caller.isTemporary && !caller.role) throw CREDENTIAL_REFUSALS.xml.invalid();
  return caller;
}

function wordingOf(name: string, protocol: WireProtocol): CredentialWording {
  if (name === 'ec2') return 'ec2';
  return protocol === jsonProtocol ? 'json' : 'xml';
}
