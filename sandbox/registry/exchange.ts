/** One exchange with a container tool: its request, the repository that it names, and the calls to ECR that it causes. */
import { userCaller } from '../aws/sts/sessions.ts';
import { isMutating, type Journal } from '../server/journal.ts';
import { ecrOperations } from '../aws/ecr/index.ts';
import type { AnyOperation } from '../operations.ts';
import { validate } from '../models/validate.ts';
import { Refusal, refusal } from '../protocol/refusal.ts';
import type { StreamedRequest, StreamedResponse } from '../protocol/wire.ts';
import type { Region } from '../world/region.ts';
import type { World } from '../world/world.ts';

type EcrOperations = typeof ecrOperations;
type EcrOperationName = keyof EcrOperations;
type EcrInput<Name extends EcrOperationName> = Parameters<EcrOperations[Name]['run']>[0];
type EcrOutput<Name extends EcrOperationName> = Awaited<ReturnType<EcrOperations[Name]['run']>>;

/** Calls an operation of ECR in the region of a registry. @throws Refusal as the operation does */
export type EcrCall = <Name extends EcrOperationName>(
  name: Name,
  input: EcrInput<Name>,
) => Promise<EcrOutput<Name>>;

/** A request to the registry of a region, after its credentials were checked. */
export interface Exchange {
  readonly region: Region;
  readonly request: StreamedRequest;
  readonly repository: { readonly registryId: string; readonly repositoryName: string };
  /** The last part of the path: a tag, a digest or the ID of an upload. */
  readonly reference: string;
  readonly call: EcrCall;
}

/** Responds to one kind of request. @throws Refusal */
export type Responder = (exchange: Exchange) => Promise<StreamedResponse>;

/**
 * Makes the function with which the registry calls ECR. On AWS, the registry is a proxy of the same operations: CloudTrail
 * records them for every push and pull, and so does the journal.
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/logging-using-cloudtrail.html
 */
export function makeEcrCall(world: World, journal: Journal, region: Region): EcrCall {
  const call = async (name: EcrOperationName, input: Record<string, unknown>): Promise<unknown> => {
    world.agenda.runDue();
    let result = 'ok';
    try {
      validate('ecr', name, input);
      const { run }: AnyOperation = ecrOperations[name] as never;
      return await run(input, region, userCaller(region));
    } catch (error) {
      result = error instanceof Refusal ? error.code : 'InternalFailure';
      throw error;
    } finally {
      journal.add({ service: 'ecr', operation: name, region: region.name, result });
      if (isMutating(name)) world.changed();
    }
  };
  return call as EcrCall;
}

/** Whether an error is a refusal with one of these codes. */
export const isRefusal = (error: unknown, ...codes: readonly string[]): error is Refusal =>
  error instanceof Refusal && codes.includes(error.code);

/** The header that names the digest of a manifest or a blob. */
export const DIGEST_HEADER = 'docker-content-digest';

/** Returns the path of a part of a repository, e.g. of `manifests/v1`. */
export const pathOf = ({ repository }: Exchange, part: string): string =>
  `/v2/${repository.repositoryName}/${part}`;

/** Throws the first failure of a batch call as a refusal. */
export function throwFailure(
  failures: readonly { readonly failureCode?: string; readonly failureReason?: string }[] | undefined,
): void {
  const [first] = failures ?? [];
  if (first) throw refusal(first.failureCode ?? '', first.failureReason ?? '');
}
