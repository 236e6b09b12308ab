/** The gateway: determines which operation a request calls, runs the operation, and records the call in the journal. */
import { randomUUID } from 'node:crypto';
import { failLater } from '../chaos/delayed-failures.ts';
import type { Faults, Failure, Appearance } from '../chaos/faults.ts';
import { callerOf } from './callers.ts';
import type { Journal } from './journal.ts';
import { isMutating } from './journal.ts';
import { validate } from '../models/validate.ts';
import { ownProperty } from '../own-property.ts';
import { isEmptyValue } from '../protocol/empty-value.ts';
import { refusal, Refusal } from '../protocol/refusal.ts';
import type { OperationShape } from '../protocol/schemas.ts';
import { refuseUnknownService } from '../protocol/unknown-service.ts';
import type { WireProtocol, WireRequest, WireResponse } from '../protocol/wire.ts';
import { services, type SandboxService } from '../services.ts';
import type { Chaos } from '../chaos/controller.ts';
import { Throttled } from '../chaos/throttle.ts';
import type { World } from '../world/world.ts';

/** The gateway's response. */
export interface GatewayResponse {
  readonly response: WireResponse;
  /** How the loss of the response appears to the client. Undefined if the response is sent. */
  readonly loss?: Exclude<Appearance, '500'> | undefined;
}

/** Everything that the gateway needs in addition to the world. */
export interface GatewayContext {
  readonly journal: Journal;
  readonly faults: Faults;
  readonly chaos: Chaos;
  /** Receives the sandbox's internal errors. */
  readonly reportError: (error: unknown) => void;
}

/** Matches the key, region and service in a signature: `Credential=AKID/20260101/eu-west-1/ec2/aws4_request`. */
const CREDENTIAL_SCOPE = /Credential=([^/]+)\/\d+\/([\w-]{1,64})\/([\w-]{1,64})\/aws4_request/;

const missingSignatureResponse = (): WireResponse => ({
  status: 403,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({
    __type: 'MissingAuthenticationToken',
    message: 'The request is not signed. The sandbox needs the signature to determine the service.',
  }),
});

const unsupportedService = (name: string) =>
  refusal(
    'NotImplemented',
    `The sandbox does not support the service ${name}. It supports: ${Object.keys(services).join(', ')}.`,
    501,
  );

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/CommonParameters.html */
const refusalOfDryRun = () =>
  refusal('DryRunOperation', 'Request would have succeeded, but DryRun flag is set.', 412);

const internalError = () => refusal('InternalError', 'An internal error has occurred', 500);

/** One call, and the failure to inject into it. */
interface Call {
  readonly service: SandboxService;
  readonly protocol: WireProtocol;
  /** The name of the service in the signature. */
  readonly signedService: string;
  readonly operation: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly requestId: string;
  readonly failure: Failure | undefined;
}

/** Makes a world's gateway. */
export function makeGateway(world: World, { journal, faults, chaos, reportError }: GatewayContext) {
  const pause = (ms: number) =>
    new Promise<void>((resolve) => world.clock.at(world.clock.now() + ms, resolve));

  return async (request: WireRequest): Promise<GatewayResponse> => {
    const [, accessKeyId = '', region, signedService] =
      CREDENTIAL_SCOPE.exec(request.headers['authorization'] ?? '') ?? [];
    const service = ownProperty(services, signedService ?? '');
    const requestId = randomUUID();
    if (!region || !signedService) return { response: withId(missingSignatureResponse(), requestId) };
    if (!service) {
      const refused = unsupportedService(signedService);
      return {
        response: withId(refuseUnknownService(signedService, request, refused, requestId), requestId),
      };
    }
    const protocol = service.protocolOf(request);
    const operation = protocol.operation(request) ?? 'unknown';
    // The journal must not contain names that a client made up.
    const knownOperation = service.shapes.has(operation) ? operation : 'unknown';
    const fault = faults.next(service.name, knownOperation);
    const callChaos = chaos.isCalm ? undefined : chaos.chaosOfNextCall();
    const failure = fault ?? callChaos?.failure;
    const call = { service, protocol, signedService, operation, region, accessKeyId, requestId, failure };
    if (callChaos && callChaos.latency > 0) await pause(callChaos.latency / 2);
    let response: WireResponse;
    let result = 'ok';
    let throttled: true | undefined;
    try {
      world.agenda.runDue();
      response = withId(await runOperation(call, request), requestId);
    } catch (error) {
      if (!(error instanceof Refusal)) reportError(error);
      if (error instanceof Throttled) throttled = true;
      const refused = asRefusal(error, service.name, knownOperation);
      result = refused.code;
      response = withId(protocol.encodeRefusal(refused, requestId), requestId);
    }
    journal.add({
      service: service.name,
      operation: knownOperation,
      region,
      result,
      fault: failure?.kind,
      throttled,
    });
    if (isMutating(knownOperation)) world.changed();
    const delayAfter =
      (callChaos ? callChaos.latency / 2 : 0) + (failure?.kind === 'slow' ? chaos.toClockMs(failure.ms) : 0);
    if (delayAfter > 0) await pause(delayAfter);
    return failure ? withInjectedFailure(call, failure, response) : { response };
  };

  async function runOperation(
    { service, protocol, operation: name, ...call }: Call,
    request: WireRequest,
  ): Promise<WireResponse> {
    const shape = service.shapes.get(name);
    const operation = ownProperty(service.operations, name);
    if (!shape) throw refusal('InvalidAction', `${service.name} has no operation ${name.slice(0, 100)}`);
    if (!operation) {
      throw refusal('NotImplemented', `The sandbox does not support ${service.name} ${name} yet`, 501);
    }
    const { failure } = call;
    if (failure?.kind === 'refused') throw refusal(failure.code, failure.message, failure.status);
    if (failure?.kind === 'not-done') throw internalError();
    const region = world.region(call.region);
    const caller = callerOf(region, { name: service.name, protocol }, call.accessKeyId, request);
    const input = protocol.decode(shape, request) as Record<string, unknown>;
    refuseUnsupportedMembers(service, shape, operation.inputMembers, input);
    validate(call.signedService, name, input);
    const decodedCall = { service: service.name, operation: name, input, region };
    if (!chaos.isCalm) chaos.admit(decodedCall);
    if (input['DryRun'] === true) throw refusalOfDryRun();
    operation.before?.(region);
    const run = () => operation.run(input, region, caller);
    const output = chaos.isCalm ? await run() : await chaos.carryOut(decodedCall, run);
    if (failure?.kind === 'fails-later') failLater(region, name, output, failure);
    return protocol.encode(shape, output, call.requestId);
  }
}

/** Adds the header in which every AWS service returns the ID of the request. */
const withId = (response: WireResponse, requestId: string): WireResponse => ({
  ...response,
  headers: { ...response.headers, 'x-amzn-requestid': requestId },
});

/** Applies an injected failure to the response of a call. */
function withInjectedFailure(
  { protocol, requestId }: Call,
  failure: Failure,
  response: WireResponse,
): GatewayResponse {
  if (failure.kind === 'answer-lost') return { response, loss: 'reset' };
  if (failure.kind !== 'lost' && failure.kind !== 'not-done') return { response };
  if (failure.looks === '500')
    return { response: withId(protocol.encodeRefusal(internalError(), requestId), requestId) };
  // A response that is cut off must begin in the same way, whether or not the call had an effect.
  return {
    response: failure.kind === 'not-done' ? { ...response, status: 200 } : response,
    loss: failure.looks,
  };
}

/** Refuses members that AWS supports but the sandbox does not, because ignoring them would fake success. */
function refuseUnsupportedMembers(
  service: SandboxService,
  shape: OperationShape,
  inputMembers: readonly string[],
  input: Record<string, unknown>,
): void {
  for (const [member, value] of Object.entries(input)) {
    if (member === 'DryRun' || inputMembers.includes(member) || isEmptyValue(value)) continue;
    throw refusal(
      'NotImplemented',
      `The sandbox does not support ${member} in ${service.name} ${shape.name} yet`,
      501,
    );
  }
}

function asRefusal(error: unknown, service: string, operation: string): Refusal {
  if (error instanceof Refusal) return error;
  // This is a bug in the sandbox. The sandbox's log has the details.
  const text = error instanceof Error ? error.message : String(error);
  return refusal('InternalFailure', `The sandbox failed in ${service} ${operation}: ${text}`, 500);
}
