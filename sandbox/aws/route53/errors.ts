/** The refusals of Route 53, in AWS's wording. Section 7 of docs/aws-semantics.md lists their codes and sources. */
import { refusal, type Refusal } from '../../protocol/refusal.ts';

export const invalidInput = (message: string): Refusal => refusal('InvalidInput', message);

/** The refusal of a value that AWS's XML schema does not allow. */
export const notInEnumeration = (value: unknown, values: readonly string[]): Refusal =>
  invalidInput(
    `Invalid XML ; cvc-enumeration-valid: Value '${String(value)}' is not facet-valid with respect to enumeration '[${values.join(', ')}]'. It must be a value from the enumeration.`,
  );

/** The refusal of a string that is longer than AWS's XML schema allows. */
export const tooLong = (value: string, max: number, type: string): Refusal =>
  invalidInput(
    `Invalid XML ; cvc-maxLength-valid: Value '${value}' with length = '${value.length}' is not facet-valid with respect to maxLength '${max}' for type '${type}'.`,
  );

/** The refusal of a feature that the sandbox does not support, in the same form as for an unsupported parameter. */
export const notImplemented = (what: string): Refusal =>
  refusal('NotImplemented', `The sandbox does not support ${what} in route53 yet`, 501);

export const noSuchHostedZone = (id: string): Refusal =>
  refusal('NoSuchHostedZone', `No hosted zone found with ID: ${id}`, 404);
export const noSuchChange = (id: string): Refusal =>
  refusal('NoSuchChange', `Could not find resource with ID: ${id}`, 404);
export const noSuchHealthCheck = (id: string): Refusal =>
  refusal('NoSuchHealthCheck', `No health check found with ID: ${id}`, 404);

export const invalidDomainName = (fault: string): Refusal => refusal('InvalidDomainName', fault);
export const zoneExists = (callerReference: string): Refusal =>
  refusal(
    'HostedZoneAlreadyExists',
    `A hosted zone has already been created with the specified caller reference: ${callerReference}`,
    409,
  );
export const tooManyZones = (): Refusal =>
  refusal(
    'TooManyHostedZones',
    'Limits Exceeded: MAX_HOSTED_ZONES_BY_OWNER - Cannot create more hosted zones.',
  );
/** AWS's message has two spaces after "sets". */
export const zoneNotEmpty = (): Refusal =>
  refusal(
    'HostedZoneNotEmpty',
    'The specified hosted zone contains non-required resource record sets  and so cannot be deleted.',
  );
/** The refusal of a batch, with all of its errors in one message. */
export const invalidChangeBatch = (faults: readonly string[]): Refusal =>
  refusal('InvalidChangeBatch', `[${faults.join(', ')}]`);
