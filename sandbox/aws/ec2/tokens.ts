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
  /** The resource as it was created; a repeated call returns it when the resource itself is gone. */
  made: object;
}

const LONGEST = 64;

/**
 * Creates a resource once per token, or every time without a token. A repeat returns the resource as it is now or, if it
 * is gone, as it was created: EC2 remembers a token for about a day, even when its resource is deleted or has failed. The
 * sandbox remembers tokens indefinitely, because callers must not rely on their expiry.
 * @param input the whole input of the call
 * @param make creates the resource and returns its id
 * @throws IdempotentParameterMismatch when an earlier call used the token with other parameters
 * @see https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-idempotency.html
 */
export function once<Row extends object>(
  region: Region,
  operation: string,
  { ClientToken, ...input }: { ClientToken?: string },
  table: Table<Row>,
  make: () => string,
): Row {
  const made = (id: string): Row => {
    const row = table.get(id);
    if (!row) throw new Error(`${operation} did not create ${id}`);
    return row;
  };
  if (!ClientToken) return made(make());
  if (ClientToken.length > LONGEST) {
    throw invalidValue('clientToken', ClientToken, `It is longer than ${LONGEST} characters.`);
  }
  const key = `${operation} ${ClientToken}`;
  const parameters = JSON.stringify(input);
  const known = region.ec2.tokens.get(key);
  if (known && known.parameters !== parameters) {
    throw refusal(
      'IdempotentParameterMismatch',
      'The request uses the same client token as a previous, but non-identical request.',
    );
  }
  if (known) return table.get(known.id) ?? (known.made as Row);
  const id = make();
  const row = made(id);
  region.ec2.tokens.set(key, { operation, parameters, id, made: structuredClone(row) });
  return row;
}
