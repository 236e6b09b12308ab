/** Decides whether the execution role of a task may use the key that encrypts a secret. */
import { createHash } from 'node:crypto';
import type { Region } from '../world/region.ts';
import type { RoleDenial } from './execution-role.ts';

/**
 * Returns IAM's message if the role may not decrypt with a key. The keys that AWS manages need no permission. The sandbox has no
 * KMS: a key's own policy is taken to be the default one, which leaves the decision to IAM.
 * @param keyId the id, ARN or alias of the key; undefined for the key that AWS manages
 */
export function decryptDenial(
  region: Region,
  denial: RoleDenial,
  keyId: string | undefined,
): string | undefined {
  if (keyId === undefined || keyId.startsWith('alias/aws/')) return undefined;
  return denial('kms:Decrypt', keyArn(region, keyId));
}

/** Returns the ARN of a key, since IAM decides about keys, not about aliases. The id of an alias's key is derived from the alias. */
export function keyArn(region: Region, keyId: string): string {
  if (/^arn:.*:key\//.test(keyId)) return keyId;
  const alias = /alias\/.*$/.exec(keyId)?.[0];
  if (alias === undefined) return region.arn('kms', `key/${keyId}`);
  const digits = createHash('sha256').update(alias).digest('hex');
  const id = digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');
  return region.arn('kms', `key/${id}`);
}
