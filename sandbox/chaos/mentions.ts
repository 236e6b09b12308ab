/** What a call means by the strings of its input: which name a thing that must be there, and which only look so. */

/** Members whose strings name nothing: they describe, or choose, or are handed on. */
const NOT_NAMES = /^(Filters?|Tags|tags|TagSpecifications|AddTags|containerDefinitions|Description)$/;

/** Members where ECS takes the name of a thing as well as its ARN. The name of what a call makes is none of them. */
const SHORT = /^(clusters?|services?|taskDefinitions?|tasks?|ResourceIds?)$/;

/** A string of an input, and whether a part of an ARN will do there. */
export interface Mention {
  readonly text: string;
  readonly short: boolean;
}

/** The strings of an input that may name something, each as it is kept: roles in lower case, zones without a prefix. */
export function mentionsIn(service: string, operation: string, input: unknown, member = ''): Mention[] {
  if (typeof input === 'string') {
    if (service === 'iam') {
      // The role that a call makes is not one that must be there.
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
