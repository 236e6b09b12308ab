/** A stack as a whole in a survey: the number of its resources, and the projects that they belong to. Pure. */
import { PROJECT_TAG, STACK_TAG, type Tags } from '../derive/tags.ts';
import { nouns } from '../model/architecture.ts';
import { itemsOf, type Survey } from './found.ts';

/** Returns the tags of all resources of the stack. A zone or a role that belongs to the account is left out. */
const tagsInStack = (found: Survey, stack: string): Tags[] =>
  nouns
    .flatMap((noun) => [...itemsOf(found, noun).values()].map(({ tags }) => tags))
    .filter((tags) => tags[STACK_TAG] === stack);

/** Returns the number of resources of the stack that exist. */
export const sizeOfStack = (found: Survey, stack: string): number => tagsInStack(found, stack).length;

/** Returns the projects that resources of the stack belong to. Resources of older versions of Slipway name no project. */
export const projectsOfStack = (found: Survey, stack: string): string[] => [
  ...new Set(tagsInStack(found, stack).flatMap(({ [PROJECT_TAG]: project = [] }) => project)),
];
