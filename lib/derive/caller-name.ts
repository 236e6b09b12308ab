/** Derives the name of a person or a program from the ARN of a caller. Pure. */
import { BY_TAG, type Tags } from './tags.ts';

/** The longest value of a tag. */
const MAX_TAG_LENGTH = 256;

/**
 * Returns the name of a user, the name of a role's session, or `root`. Undefined if the ARN has another form.
 * @param arn the ARN in the response to GetCallerIdentity, or `registeredBy` of a task definition
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
 */
export function callerName(arn: string): string | undefined {
  const [, resource = ''] = /^arn:[\w-]+:(?:iam|sts)::\d*:(.+)$/s.exec(arn) ?? [];
  if (resource === 'root') return resource;
  const [kind, ...rest] = resource.split('/');
  const isCaller = kind === 'user' || kind === 'assumed-role' || kind === 'federated-user' || kind === 'role';
  return isCaller ? rest.at(-1) || undefined : undefined;
}

/**
 * Returns the tag that names the caller; no tag if the caller has no name. A name may contain commas, the value of a tag may not.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-using-tags.html
 */
export function callerTag({ caller = '' }: { readonly caller?: string | undefined }): Tags {
  const name = callerName(caller);
  return name === undefined
    ? {}
    : { [BY_TAG]: name.replace(/[^\p{L}\p{N} +\-=._:/@]/gu, '_').slice(0, MAX_TAG_LENGTH) };
}
