/** The refusals of EC2, in its own words; codes and sources in the catalogue of AWS semantics (§2). */
import { refusal, type Refusal } from '../../protocol/refusal.ts';

type ById = (id: string) => Refusal;

/** Makes the refusal of an id without a resource. @param noun as AWS spells it: `vpc`, `routeTable`, … */
export const idNotFound =
  (code: string, noun: string): ById =>
  (id) =>
    refusal(code, `The ${noun} ID '${id}' does not exist`);

export const associationNotFound = idNotFound('InvalidAssociationID.NotFound', 'association');
export const networkAclNotFound = idNotFound('InvalidNetworkAclID.NotFound', 'networkAcl');
/** For the address of a NAT gateway. */
export const elasticIpNotFound = idNotFound('InvalidElasticIpID.NotFound', 'elasticIp');
/** For the target of a route. */
export const gatewayNotFound = idNotFound('InvalidGatewayID.NotFound', 'gateway');
/** For the target of a route: calls about NAT gateways themselves return `NatGatewayNotFound`. */
export const routeNatGatewayNotFound = idNotFound('InvalidNatGatewayID.NotFound', 'natGateway');

export const addressNotFound: ById = (ip) => refusal('InvalidAddress.NotFound', `Address '${ip}' not found.`);

/** @param noun as AWS spells it: `vpc`, `subnet`, … */
export const hasDependencies = (noun: string, id: string): Refusal =>
  refusal('DependencyViolation', `The ${noun} '${id}' has dependencies and cannot be deleted.`);

/** @param name as it is spelled on the wire, e.g. `vpcId` */
export const missingParameter = (name: string): Refusal =>
  refusal('MissingParameter', `The request must contain the parameter ${name}`);

export const invalidParameter = (message: string): Refusal => refusal('InvalidParameterValue', message);

/** Makes the refusal of a value that no resource could have. */
export const invalidValue = (name: string, value: unknown, why: string): Refusal =>
  invalidParameter(`Value (${String(value)}) for parameter ${name} is invalid. ${why}`);

/** Makes the refusal of two resources that must be in the same VPC and are not. */
export const apart = (one: string, other: string, code = 'InvalidParameterValue'): Refusal =>
  refusal(code, `${one} and ${other} belong to different networks`);

/** The refusal of calls that would use the default VPC: the account has none. */
export const noDefaultVpc = (): Refusal =>
  refusal(
    'VPCIdNotSpecified',
    'No default VPC for this user. GroupName is only supported for EC2-Classic and default VPC.',
  );

/** The refusal of a part of AWS that the sandbox lacks, the same as for a parameter that it does not take. */
export const notImplemented = (what: string): Refusal =>
  refusal('NotImplemented', `The sandbox does not take ${what} in ec2 yet`, 501);

export const noFreeAddress = (): Refusal =>
  refusal(
    'InsufficientFreeAddressesInSubnet',
    'The specified subnet does not have enough free addresses to satisfy the request.',
  );
export const addressInUse = (ip: string): Refusal =>
  refusal('InvalidIPAddress.InUse', `Address ${ip} is in use or not of the subnet.`);
export const alreadyAssociated = (message: string): Refusal => refusal('Resource.AlreadyAssociated', message);
