/** One deploy with a fault: the service, its programs, and the cause that Slipway must name. */
import type { StackInput } from '../../lib/config/schema.ts';
import type { Machine } from '../journeys/harness.ts';
import { server } from './programs.ts';

export type ServiceInput = StackInput['services'][string];

/** A deploy with a fault. */
export interface DeployCase {
  readonly name: string;
  /** The fault, as the table of docs/rollouts.md describes it. */
  readonly fault: string;
  /** The programs by folder. The folder `good` has the program that works. */
  readonly folders?: Readonly<Record<string, string>>;
  readonly services: StackInput['services'];
  /** Prepares the account, before the first command. */
  readonly prepare?: (user: Machine) => Promise<void>;
  /** Changes the account by hand, while the run prepares the deployment. */
  readonly meanwhile?: (user: Machine) => Promise<void>;
  /** Whether the change by hand also cuts off the version that works. */
  readonly cutsOffAll?: true;
  /** Whether the version with the fault stays: ECS and its health checks consider it as healthy. */
  readonly stays?: true;
  /** Matches the cause that Slipway names; undefined if the deploy works. */
  readonly cause?: RegExp;
  /** Matches a warning of a deploy that works. */
  readonly warning?: RegExp;
  /** Matches the first fix. */
  readonly fix?: RegExp;
}

/** The container of a deploy that works. */
export const API = {
  source: 'good',
  port: 5000,
  path: '/api',
  health: { path: '/health' },
} as const;
export const GOOD: StackInput['services'] = { web: { containers: { api: API } } };
export const GOOD_PROGRAM = server();

/** Returns the services of a case whose only container differs from the one that works. */
export const api = (
  difference: Partial<ServiceInput['containers'][string]> = {},
  service: Partial<ServiceInput> = {},
): StackInput['services'] => ({
  web: { containers: { api: { ...API, source: 'app', ...difference } }, ...service },
});
