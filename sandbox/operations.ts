/** The types of a service's operations, with the SDK's types for their inputs and outputs. */
import type { Region } from './world/region.ts';

type UnknownInput = Record<string, unknown>;
/** The operation names of a client package, e.g. `CreateVpc` when the package exports `CreateVpcCommand`. */
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

/** The identity whose credentials signed a call. */
export interface Caller {
  /** The ARN of the user, or of the session of a role. */
  readonly arn: string;
  /** The unique id of the user, or the id of the role and the name of the session. */
  readonly userId: string;
  /** The role whose session it is. Undefined for a user. */
  readonly role?: { readonly arn: string; readonly id: string };
  /** Whether the credentials expire. */
  readonly isTemporary: boolean;
  readonly sourceIdentity?: string | undefined;
}

/** One operation: the input members that it accepts, and the function that runs it. */
export interface Operation<Input, Output> {
  /** The input members that it accepts. Any other member is refused with an error that names the member. */
  readonly inputMembers: readonly (keyof Input & string)[];
  /** Runs before the call, and applies changes that are due. It sees the actual tables, not the call's view of them. */
  readonly before?: (region: Region) => void;
  readonly run: (input: Input, region: Region, caller: Caller) => Output | Promise<Output>;
}

/**
 * Any subset of a client package's operations, with their exact inputs and outputs. A table of operations is checked
 * with `satisfies Operations<typeof import('@aws-sdk/client-ec2')>`.
 */
export type Operations<Client> = {
  readonly [N in OperationName<Client>]?: Operation<InputOf<Client, N>, OutputOf<Client, N>>;
};

/** An operation whose input and output types are erased, as the gateway calls it. */
export type AnyOperation = Operation<UnknownInput, object>;
