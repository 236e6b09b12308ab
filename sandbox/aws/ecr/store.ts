/** The tables of ECR in one region. The bytes of layers are not in these tables, but in the world's blobs. */
import type { Repository, Tag } from '@aws-sdk/client-ecr';
import { BOOKKEEPING, CONSISTENT_RESOURCE, Table } from '../../world/table.ts';

export interface ImageRow {
  /** `sha256:…` of the manifest. */
  digest: string;
  manifest: string;
  mediaType: string;
  tags: string[];
  pushedAt: Date;
  /** The time at which a task or a container tool last pulled the image. */
  pulledAt?: Date;
  sizeInBytes: number;
}
export interface LayerRow {
  digest: string;
  sizeInBytes: number;
}
export interface RepositoryRow extends Repository {
  registryId: string;
  repositoryName: string;
  repositoryArn: string;
  repositoryUri: string;
  tags: Tag[];
  lifecyclePolicyText?: string;
  policyText?: string;
  images: ImageRow[];
  /** The layers and image configurations that were uploaded to this repository or taken over from another one. */
  layers: LayerRow[];
}
export interface UploadRow {
  uploadId: string;
  repositoryName: string;
  /** Undefined in a world of an earlier version. */
  startedAt?: Date;
  /** The uploaded parts in order. Their bytes are in one blob. */
  parts: { sizeInBytes: number }[];
}
/** A token that the sandbox issued for the registry. Only its hash is stored, which is also the ID of the row. */
export interface AuthorizationTokenRow {
  expiresAt: Date;
}

export const ecrStore = () => ({
  repositories: new Table<RepositoryRow>(CONSISTENT_RESOURCE),
  uploads: new Table<UploadRow>(BOOKKEEPING),
  accountSettings: new Table<{ value: string }>(BOOKKEEPING),
  authorizationTokens: new Table<AuthorizationTokenRow>(BOOKKEEPING),
});
export type EcrStore = ReturnType<typeof ecrStore>;
