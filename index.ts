/** The exports of the package: `import { defineStack } from 'slipway'`. Importing it runs no code of Slipway. */
export { defineStack, type StackContext, type StackDefinition } from './lib/config/define.ts';
export type { StackInput } from './lib/config/schema.ts';
