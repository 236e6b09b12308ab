/** What the sandbox holds of ECR in one region; the bytes of layers are in the world's blobs. */
import type { Repository, Tag } from '@aws-sdk/client-ecr';
import { Table } from '../../world/table.ts';

export interface ImageRow {
  /** `sha256:…` of the manifest. */
  digest: string;
  manifest: string;
  mediaType: string;
  tags: string[];
  pushedAt: Date;
  sizeInBytes: number;
}
export interface RepositoryRow extends Repository {
  repositoryName: string;
  repositoryArn: string;
  repositoryUri: string;
  tags: Tag[];
  lifecyclePolicyText?: string;
  policyText?: string;
  images: ImageRow[];
  /** Digests of the layers (and image configurations) that were uploaded to this repository. */
  layers: string[];
}
export interface UploadRow {
  uploadId: string;
  repositoryName: string;
  /** The blob keys of its parts, in order. */
  parts: string[];
  lastByte: number;
}

export const ecrStore = () => ({
  repositories: new Table<RepositoryRow>(),
  uploads: new Table<UploadRow>(),
});
export type EcrStore = ReturnType<typeof ecrStore>;
