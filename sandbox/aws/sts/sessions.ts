/** Temporary credentials: their creation, and the identity of the callers that use them. */
import { randomBytes } from 'node:crypto';
import type { Credentials } from '@aws-sdk/client-sts';
import type { Caller } from '../../operations.ts';
import type { Region } from '../../world/region.ts';
import { uniqueId } from '../iam/unique-ids.ts';
import { USER_ID, userArn } from '../iam/user.ts';
import { secretHash } from '../secret-hash.ts';
import { CREDENTIAL_REFUSALS, type CredentialWording } from './errors.ts';
import type { SessionRow } from './store.ts';

/** The access key ids of temporary credentials begin with these letters and have 20 characters. */
const TEMPORARY = 'ASIA';
/** This long after credentials expire, the sandbox forgets them. They are then unknown. */
const KEPT_MS = 24 * 3600 * 1000;

/**
 * Creates temporary credentials.
 * @param seconds the time until they expire
 */
export function makeSession(
  region: Region,
  seconds: number,
  identity: Pick<SessionRow, 'role' | 'sourceIdentity'>,
): Required<Credentials> {
  const now = region.now().getTime();
  const { sessions } = region.sts;
  for (const [id, { expires }] of sessions.entries()) {
    if (expires.getTime() < now - KEPT_MS) sessions.delete(id);
  }
  const SessionToken = randomBytes(192).toString('base64');
  const Expiration = new Date((Math.floor(now / 1000) + seconds) * 1000);
  const AccessKeyId = uniqueId(region, TEMPORARY).slice(0, 20);
  sessions.set(AccessKeyId, { ...identity, tokenHash: secretHash(SessionToken), expires: Expiration });
  return { AccessKeyId, SecretAccessKey: randomBytes(30).toString('base64'), SessionToken, Expiration };
}

/** Returns the user of the sandbox as the caller. */
export const userCaller = (region: Region): Caller => ({
  arn: userArn(region),
  userId: USER_ID,
  isTemporary: false,
});

/** The credentials in a request, without its signature. */
export interface GivenCredentials {
  readonly accessKeyId: string;
  readonly sessionToken: string | undefined;
}

/**
 * Identifies the caller. A caller without temporary credentials is the user of the sandbox. If the caller is
 * a session of a role, the role is marked as used.
 * @throws the refusal of temporary credentials that are unknown or have expired, or whose role does not exist any more
 */
export function identifyCaller(
  region: Region,
  { accessKeyId, sessionToken = '' }: GivenCredentials,
  wording: CredentialWording,
): Caller {
  const user = { ...userCaller(region), isTemporary: accessKeyId.startsWith(TEMPORARY) };
  if (!user.isTemporary) return user;
  const { invalid, expired } = CREDENTIAL_REFUSALS[wording];
  const session = region.sts.sessions.get(accessKeyId);
  if (session?.tokenHash !== secretHash(sessionToken)) throw invalid();
  if (session.expires <= region.now()) throw expired();
  if (!session.role) return user;
  const { id, name, session: sessionName } = session.role;
  const role = region.iam.roles.get(name.toLowerCase());
  if (role?.RoleId !== id) throw invalid();
  role.lastUsed = { LastUsedDate: region.now(), Region: region.name };
  return {
    arn: sessionArn(region, name, sessionName),
    userId: `${id}:${sessionName}`,
    role: { arn: role.Arn, id },
    isTemporary: true,
    sourceIdentity: session.sourceIdentity,
  };
}

/** Returns the ARN of a session. It does not contain the path of the role. */
export const sessionArn = ({ partition, account }: Region, roleName: string, sessionName: string): string =>
  `arn:${partition.id}:sts::${account}:assumed-role/${roleName}/${sessionName}`;
