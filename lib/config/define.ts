/** What a `slipway.config.ts` exports: a stack, or a function that makes one. Types only: a configuration runs nothing of ours. */
import type { Target } from './config.ts';
import type { StackInput } from './schema.ts';

/** What is known before the configuration is read. */
export interface StackContext {
  /** E.g. `dev`, as `--stage` says. */
  readonly stage: string;
  readonly target: Target;
}

/** A stack, or a function of the stage and the target that returns one. */
export type StackDefinition = StackInput | ((context: StackContext) => StackInput | Promise<StackInput>);

/**
 * Gives a configuration its types; returns it as it is.
 * @example export default defineStack(({ stage }) => ({ name: 'shop', region: 'eu-west-1', services: { … } }))
 */
export const defineStack = (stack: StackDefinition): StackDefinition => stack;
