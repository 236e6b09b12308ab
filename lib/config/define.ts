/** The types of a `slipway.config.ts`: a stack, or a function that returns one. Importing this file runs no Slipway code. */
import type { Target } from './config.ts';
import type { StackInput } from './schema.ts';

/** The argument of a configuration that is a function. */
export interface StackContext {
  /** The value of `--stage`, e.g. `dev`. */
  readonly stage: string;
  readonly target: Target;
}

/** A stack, or a function that returns the stack for a stage and a target. */
export type StackDefinition = StackInput | ((context: StackContext) => StackInput | Promise<StackInput>);

/**
 * Gives a configuration its types; returns it unchanged.
 * @example export default defineStack(({ stage }) => ({ name: 'shop', region: 'eu-west-1', services: { … } }))
 */
export const defineStack = (stack: StackDefinition): StackDefinition => stack;
