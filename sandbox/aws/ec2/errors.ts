/** The refusals of EC2, in AWS's wording. Section 2 of docs/aws-semantics.md lists their sources. */
import { refusal, type Refusal } from '../../protocol/refusal.ts';

type ById = (id: string) => Refusal;

/** Makes the refusal of an unknown id. @param kind as AWS spells it: `vpc`, `routeTable`, … */
export const idNotFound =
  (code: string, kind: string): ById =>
  (id) =>
    refusal(code, `The ${kind} ID '${id}' does not exist`);

/** Whether an id has the form of its kind: the prefix and up to 17 hexadecimal digits. */
export const isWellFormedId = (prefix: string, id: string): boolean =>
  id.startsWith(`${prefix}-`) && /^[0-9a-f]{1,17}$/.test(id.slice(prefix.length + 1));

/**
 * Checks the form of an id.
 * @param code the code of the refusal, e.g. `InvalidVpcID.Malformed`
 */
export function checkIdForm(prefix: string, id: string, code: string): void {
  if (isWellFormedId(prefix, id)) return;
  const expected = id.startsWith(`${prefix}-`) ? '' : ` (expecting "${prefix}-...")`;
  throw refusal(code, `Invalid id: "${id}"${expected}`);
}

export const associationNotFound = idNotFound('InvalidAssociationID.NotFound', 'association');
/** The refusal of an unknown address for a NAT gateway. */
export const elasticIpNotFound = idNotFound('InvalidElasticIpID.NotFound', 'elasticIp');
/** The refusal of an unknown internet gateway as the target of a route. */
export const gatewayNotFound = idNotFound('InvalidGatewayID.NotFound', 'gateway');
/** The refusal of an unknown NAT gateway as the target of a route. Other calls return `NatGatewayNotFound`. */
export const routeNatGatewayNotFound = idNotFound('InvalidNatGatewayID.NotFound', 'natGateway');

export const addressNotFound: ById = (ip) => refusal('InvalidAddress.NotFound', `Address '${ip}' not found.`);

/** @param kind as AWS spells it: `vpc`, `subnet`, … */
export const dependencyViolation = (kind: string, id: string): Refusal =>
  refusal('DependencyViolation', `The ${kind} '${id}' has dependencies and cannot be deleted.`);

/** @param name as it is spelled on the wire, e.g. `vpcId` */
export const missingParameter = (name: string): Refusal =>
  refusal('MissingParameter', `The request must contain the parameter ${name}`);

export const invalidParameter = (message: string): Refusal => refusal('InvalidParameterValue', message);

/** Makes the refusal of an invalid parameter value. */
export const invalidValue = (name: string, value: unknown, why: string): Refusal =>
  invalidParameter(`Value (${String(value)}) for parameter ${name} is invalid. ${why}`);

/** Makes the refusal of two resources that are in different VPCs but must be in the same one. */
export const differentNetworks = (one: string, other: string, code = 'InvalidParameterValue'): Refusal =>
  refusal(code, `${one} and ${other} belong to different networks`);

/** The refusal of a call that needs a default VPC, if the region does not have one. */
export const noDefaultVpc = (): Refusal =>
  refusal(
    'VPCIdNotSpecified',
    'No default VPC for this user. GroupName is only supported for EC2-Classic and default VPC.',
  );

/** The refusal of a feature that the sandbox does not support, in the same form as for an unsupported parameter. */
export const notImplemented = (what: string): Refusal =>
  refusal('NotImplemented', `The sandbox does not support ${what} in ec2 yet`, 501);

export const noFreeAddress = (): Refusal =>
  refusal(
    'InsufficientFreeAddressesInSubnet',
    'The specified subnet does not have enough free addresses to satisfy the request.',
  );
export const addressInUse = (ip: string): Refusal =>
  refusal('InvalidIPAddress.InUse', `Address ${ip} is in use or outside the subnet.`);
export const alreadyAssociated = (message: string): Refusal => refusal('Resource.AlreadyAssociated', message);
