/** The refusals of EC2, in its own words; codes and sources in the catalogue of AWS semantics (§2). */
import { refusal, type Refusal } from '../../protocol/refusal.ts';

const notFound = (code: string, noun: string) => (id: string) =>
  refusal(code, `The ${noun} ID '${id}' does not exist`);

export const vpcNotFound = notFound('InvalidVpcID.NotFound', 'vpc');

/** @param noun as AWS puts it: `vpc`, `subnet`, … */
export const hasDependencies = (noun: string, id: string): Refusal =>
  refusal('DependencyViolation', `The ${noun} '${id}' has dependencies and cannot be deleted.`);

export const missingParameter = (name: string): Refusal =>
  refusal('MissingParameter', `The request must contain the parameter ${name}`);

export const invalidParameter = (message: string): Refusal => refusal('InvalidParameterValue', message);
