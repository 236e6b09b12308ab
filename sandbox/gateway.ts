/** The gateway: finds out which operation of which service a request asks for, carries it out, and writes it down. */
import { randomUUID } from 'node:crypto';
import type { Faults, Fault } from './faults.ts';
import type { Journal } from './journal.ts';
import { isMutating } from './journal.ts';
import { own } from './own.ts';
import { refusal, Refusal } from './protocol/refusal.ts';
import type { OperationShape } from './protocol/schemas.ts';
import type { WireRequest, WireResponse } from './protocol/wire.ts';
import { services, type Service } from './services.ts';
import type { World } from './world/world.ts';

/** The answer of the gateway; `lost` when a fault takes the answer away after the effect. */
export interface Answer {
  readonly response: WireResponse;
  readonly lost?: boolean;
}

/** `Credential=AKID/20260101/eu-west-1/ec2/aws4_request`. */
const SCOPE = /Credential=[^/]+\/\d+\/([\w-]{1,64})\/([\w-]{1,64})\/aws4_request/;

const unsigned = (message: string): WireResponse => ({
  status: 403,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ __type: 'MissingAuthenticationToken', message }),
});

/** Makes the gateway of a world. @param complain told of mistakes of ours, with all that is known of them */
export function gateway(world: World, journal: Journal, faults: Faults, complain: (error: unknown) => void) {
  return async (request: WireRequest): Promise<Answer> => {
    const [, regionName, scope] = SCOPE.exec(request.headers['authorization'] ?? '') ?? [];
    const service = own(services, scope ?? '');
    if (!regionName || !service) {
      const message = scope
        ? `The sandbox has no service ${scope}. It has: ${Object.keys(services).join(', ')}.`
        : 'The request is not signed: the sandbox finds the service in the signature.';
      return { response: unsigned(message) };
    }
    const requestId = randomUUID();
    const asked = service.protocol.operation(request) ?? 'unknown';
    // What is written down is never what a client made up.
    const name = service.shapes.has(asked) ? asked : 'unknown';
    const fault = faults.strike(service.name, name);
    let response: WireResponse;
    let result = 'ok';
    try {
      world.agenda.runDue();
      response = await carryOut(service, asked, request, requestId, fault, () => world.region(regionName));
    } catch (error) {
      if (!(error instanceof Refusal)) complain(error);
      const refused = asRefusal(error, service.name, name);
      result = refused.code;
      response = service.protocol.encodeRefusal(refused, requestId);
    }
    journal.add({ service: service.name, operation: name, region: regionName, result, fault: fault?.kind });
    if (isMutating(name)) world.changed();
    return { response, lost: fault?.kind === 'answer-lost' };
  };

  async function carryOut(
    service: Service,
    name: string,
    request: WireRequest,
    requestId: string,
    fault: Fault | undefined,
    region: () => Parameters<Service['operations'][string]['run']>[1],
  ): Promise<WireResponse> {
    const shape = service.shapes.get(name);
    const operation = own(service.operations, name);
    if (!shape) throw refusal('InvalidAction', `${service.name} has no operation ${name.slice(0, 100)}`);
    if (!operation) {
      throw refusal('NotImplemented', `The sandbox does not have ${service.name} ${name} yet`, 501);
    }
    if (fault?.kind === 'refused') throw refusal(fault.code, fault.message, fault.status);
    const input = service.protocol.decode(shape, request) as Record<string, unknown>;
    refuseUntaken(service, shape, operation.takes, input);
    const output = await operation.run(input, region());
    return service.protocol.encode(shape, output, requestId);
  }
}

/** A member that AWS knows and the sandbox does not: refused by name, since ignoring it would be a lie. */
function refuseUntaken(
  service: Service,
  shape: OperationShape,
  takes: readonly string[],
  input: Record<string, unknown>,
): void {
  for (const [member, value] of Object.entries(input)) {
    if (value === undefined || takes.includes(member)) continue;
    throw refusal(
      'NotImplemented',
      `The sandbox does not take ${member} in ${service.name} ${shape.name} yet`,
      501,
    );
  }
}

function asRefusal(error: unknown, service: string, operation: string): Refusal {
  if (error instanceof Refusal) return error;
  // A mistake of ours: the whole of it is in the sandbox's log.
  const text = error instanceof Error ? error.message : String(error);
  return refusal('InternalFailure', `The sandbox failed in ${service} ${operation}: ${text}`, 500);
}
