/** A stack as a whole in a survey: the number of its resources, and the projects that they belong to. Pure. */
import { PROJECT_TAG, STACK_TAG, type Tags } from '../derive/tags.ts';
import { nouns } from '../model/architecture.ts';
import { itemsOf, type Survey } from './found.ts';

/** Returns the tags of all resources of the stack. The account's own zone and role do not belong to it. */
const tagsInStack = (found: Survey, stack: string): Tags[] =>
  nouns
    .flatMap((noun) => [...itemsOf(found, noun).values()].map(({ tags }) => tags))
    .filter((tags) => tags[STACK_TAG] === stack);

/** Returns the number of resources of the stack that exist. */
export const sizeOfStack = (found: Survey, stack: string): number => tagsInStack(found, stack).length;

/** Returns the projects that resources of the stack belong to. A resource without a project, as older versions left it, has none. */
export const projectsOfStack = (found: Survey, stack: string): string[] => [
  ...new Set(tagsInStack(found, stack).flatMap(({ [PROJECT_TAG]: project = [] }) => project)),
];
