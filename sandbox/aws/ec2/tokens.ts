/** Client tokens of EC2: a repeated call with the same token creates nothing new. */
import { refusal } from '../../protocol/refusal.ts';
import type { Region } from '../../world/region.ts';
import type { Table } from '../../world/table.ts';
import { invalidValue } from './errors.ts';

/** A client token, and the resource that was created with it. */
export interface TokenRow {
  operation: string;
  parameters: string;
  id: string;
  /** A copy of the resource as it was created. If the resource is deleted, a repeated call returns this copy. */
  made: object;
}

const MAX_TOKEN_LENGTH = 64;

/**
 * Creates a resource once per token. A call without a token always creates a resource. A repeated call returns the resource
 * as it is now or, if it is deleted, as it was created. EC2 remembers a token for about a day, even if the resource is
 * deleted or failed. The sandbox remembers tokens indefinitely, because callers must not rely on the expiry of a token.
 * @param input the whole input of the call
 * @param make creates the resource and returns its id
 * @throws IdempotentParameterMismatch when an earlier call used the token with other parameters
 * @see https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-idempotency.html
 */
export function oncePerToken<Row extends object>(
  region: Region,
  operation: string,
  { ClientToken, ...input }: { ClientToken?: string },
  table: Table<Row>,
  make: () => string,
): Row {
  const createdRow = (id: string): Row => {
    const row = table.get(id);
    if (!row) throw new Error(`${operation} did not create ${id}`);
    return row;
  };
  if (!ClientToken) return createdRow(make());
  if (ClientToken.length > MAX_TOKEN_LENGTH) {
    throw invalidValue('clientToken', ClientToken, `It is longer than ${MAX_TOKEN_LENGTH} characters.`);
  }
  const key = `${operation} ${ClientToken}`;
  const parameters = JSON.stringify(input);
  const existing = region.ec2.tokens.get(key);
  if (existing && existing.parameters !== parameters) {
    throw refusal(
      'IdempotentParameterMismatch',
      'The request uses the same client token as a previous, but non-identical request.',
    );
  }
  if (existing) return table.get(existing.id) ?? (existing.made as Row);
  const id = make();
  const row = createdRow(id);
  region.ec2.tokens.set(key, { operation, parameters, id, made: structuredClone(row) });
  return row;
}
