/** Finds the strings in a call's input that may name existing resources. */

/** Members whose strings do not name resources: descriptions, filters, tags, and definitions that are stored unread. */
const MEMBERS_WITHOUT_NAMES =
  /^(Filters?|Tags|tags|TagSpecifications|AddTags|containerDefinitions|Description)$/;

/** Members in which ECS accepts a part of an ARN, such as the name of the resource, as well as the whole ARN. */
const MEMBERS_WITH_PARTIAL_ARNS = /^(clusters?|services?|taskDefinitions?|tasks?|ResourceIds?)$/;

/** A string from a call's input that may name a resource. */
export interface Mention {
  readonly text: string;
  /** Whether the string may be only a part of an ARN. */
  readonly mayBePartialArn: boolean;
}

/**
 * Returns the strings of an input that may name a resource, in the form of table keys: names of roles and
 * policies in lower case, and zone IDs without prefix.
 */
export function mentionsIn(service: string, operation: string, input: unknown, member = ''): Mention[] {
  if (typeof input === 'string') {
    if (service === 'iam') {
      // CreateRole names a role that does not exist yet.
      return (member === 'RoleName' && operation !== 'CreateRole') || member === 'PolicyArn'
        ? [{ text: input.slice(input.lastIndexOf('/') + 1).toLowerCase(), mayBePartialArn: false }]
        : [];
    }
    const text = service === 'route53' ? input.slice(input.lastIndexOf('/') + 1) : input;
    return [{ text, mayBePartialArn: MEMBERS_WITH_PARTIAL_ARNS.test(member) }];
  }
  if (Array.isArray(input)) {
    return input.flatMap((item: unknown) => mentionsIn(service, operation, item, member));
  }
  if (typeof input !== 'object' || input === null) return [];
  return Object.entries(input).flatMap(([name, value]) =>
    MEMBERS_WITHOUT_NAMES.test(name) ? [] : mentionsIn(service, operation, value, name),
  );
}
