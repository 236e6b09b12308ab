/** The policies that AWS manages, as AWS's API lists them. The table contains the documents of only those for containers. */
import { ownProperty } from '../own-property.ts';
import table from './aws-managed-policies.json' with { type: 'json' };

/** A policy that AWS manages. */
export interface AwsManagedPolicy {
  /** Its default version, e.g. `v3`. */
  readonly version: string;
  /** The time of its creation, in ISO 8601. */
  readonly created: string;
  /** The time of the creation of its default version, in ISO 8601. */
  readonly updated: string;
  /** The document of its default version. Undefined if the table does not contain it. */
  readonly document?: object;
}

const policies: Readonly<Record<string, AwsManagedPolicy>> = table;

/** The paths and names of all policies, e.g. `/service-role/AmazonECSTaskExecutionRolePolicy`. */
export const awsManagedPolicyPaths: readonly string[] = Object.keys(policies);

/**
 * Returns a policy that AWS manages; undefined if there is no such policy.
 * @param path the path and the name of the policy
 */
export const awsManagedPolicy = (path: string): AwsManagedPolicy | undefined => ownProperty(policies, path);
