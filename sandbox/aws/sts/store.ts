/** The tables of STS, which the whole account shares. */
import { BOOKKEEPING, Table } from '../../world/table.ts';

/** Temporary credentials. The secret key is not stored, since signatures are not checked. */
export interface SessionRow {
  /** The SHA-256 hash of the session token. */
  readonly tokenHash: string;
  readonly expires: Date;
  /** The role, and the name of its session. Undefined for a session of the user. */
  readonly role?: { readonly id: string; readonly name: string; readonly session: string };
  readonly sourceIdentity?: string | undefined;
}

export const stsStore = () => ({
  /** Keyed by access key id. */
  sessions: new Table<SessionRow>(BOOKKEEPING),
});
