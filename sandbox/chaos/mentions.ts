/** Finds the strings in a call's input that may name existing resources. */

/** Members whose strings name no resource: descriptions, filters, tags, and definitions that are passed on unread. */
const NOT_NAMES = /^(Filters?|Tags|tags|TagSpecifications|AddTags|containerDefinitions|Description)$/;

/** Members in which ECS accepts the name of an existing resource as well as its ARN. */
const SHORT = /^(clusters?|services?|taskDefinitions?|tasks?|ResourceIds?)$/;

/** A string from a call's input, and whether it may be only a part of an ARN. */
export interface Mention {
  readonly text: string;
  readonly short: boolean;
}

/**
 * Returns the strings of an input that may name a resource, as table keys: roles in lower case, zones without their
 * prefix.
 */
export function mentionsIn(service: string, operation: string, input: unknown, member = ''): Mention[] {
  if (typeof input === 'string') {
    if (service === 'iam') {
      // CreateRole names a role that does not exist yet.
      return member === 'RoleName' && operation !== 'CreateRole'
        ? [{ text: input.toLowerCase(), short: false }]
        : [];
    }
    const text = service === 'route53' ? input.slice(input.lastIndexOf('/') + 1) : input;
    return [{ text, short: SHORT.test(member) }];
  }
  if (Array.isArray(input)) {
    return input.flatMap((item: unknown) => mentionsIn(service, operation, item, member));
  }
  if (typeof input !== 'object' || input === null) return [];
  return Object.entries(input).flatMap(([name, value]) =>
    NOT_NAMES.test(name) ? [] : mentionsIn(service, operation, value, name),
  );
}
