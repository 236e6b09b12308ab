/** Finds the strings in a call's input that may name existing resources. */

/** Members whose strings name no resource: descriptions, filters, tags and what is passed on. */
const NOT_NAMES = /^(Filters?|Tags|tags|TagSpecifications|AddTags|containerDefinitions|Description)$/;

/** Members in which ECS takes the name of a resource as well as its ARN. The name of a resource to be created is not one. */
const SHORT = /^(clusters?|services?|taskDefinitions?|tasks?|ResourceIds?)$/;

/** A string of an input, and whether it may be part of an ARN. */
export interface Mention {
  readonly text: string;
  readonly short: boolean;
}

/** Returns the strings of an input that may name a resource, as the keys of its table: roles in lower case, zones without a prefix. */
export function mentionsIn(service: string, operation: string, input: unknown, member = ''): Mention[] {
  if (typeof input === 'string') {
    if (service === 'iam') {
      // The role that a call creates need not exist.
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
