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
  /** The time at which a task last pulled the image. */
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
  /** The layers and image configurations that were uploaded to this repository. */
  layers: LayerRow[];
}
export interface UploadRow {
  uploadId: string;
  repositoryName: string;
  /** The uploaded parts in order, each with the key of its blob. */
  parts: { key: string; sizeInBytes: number }[];
}

export const ecrStore = () => ({
  repositories: new Table<RepositoryRow>(CONSISTENT_RESOURCE),
  uploads: new Table<UploadRow>(BOOKKEEPING),
});
export type EcrStore = ReturnType<typeof ecrStore>;
