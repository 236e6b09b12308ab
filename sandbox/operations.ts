/** The type of an operation of a service: its parameters, its answer, and the SDK's types for both. */
import type { Region } from './world/region.ts';

type Bag = Record<string, unknown>;
/** The names of a client package's operations, e.g. `CreateVpc` when it exports `CreateVpcCommand`. */
export type OperationName<Client> = keyof {
  [K in keyof Client as K extends `${infer N}Command` ? N : never]: true;
} &
  string;
type CommandOf<Client, N extends string> = `${N}Command` extends keyof Client
  ? Client[`${N}Command`] extends abstract new (...args: never[]) => infer C
    ? C
    : never
  : never;
type InputOf<Client, N extends string> = CommandOf<Client, N> extends { readonly input: infer I } ? I : never;
type OutputOf<Client, N extends string> =
  CommandOf<Client, N> extends {
    resolveMiddleware: (...args: never[]) => (...args: never[]) => Promise<{ output: infer O }>;
  }
    ? Omit<O, '$metadata'>
    : never;

/** One operation: the parameters that it takes, and what it does. */
export interface Operation<Input, Output> {
  /** The parameters that it takes; any other is refused by name, never ignored. */
  readonly takes: readonly (keyof Input & string)[];
  /** Applies what time has brought about before the call, outside of the call's view. */
  readonly before?: (region: Region) => void;
  readonly run: (input: Input, region: Region) => Output | Promise<Output>;
}

/** Any subset of a client package's operations, with their exact inputs and outputs: `satisfies Operations<typeof import('@aws-sdk/client-ec2')>`. */
export type Operations<Client> = {
  readonly [N in OperationName<Client>]?: Operation<InputOf<Client, N>, OutputOf<Client, N>>;
};

/** An operation with erased types, as the gateway calls it. */
export type AnyOperation = Operation<Bag, object>;
