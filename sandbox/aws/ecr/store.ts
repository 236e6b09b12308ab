/** The tables of ECR in one region; the bytes of layers are in the world's blobs. */
import type { Repository, Tag } from '@aws-sdk/client-ecr';
import { BOOKKEEPING, Table } from '../../world/table.ts';

export interface ImageRow {
  /** `sha256:…` of the manifest. */
  digest: string;
  manifest: string;
  mediaType: string;
  tags: string[];
  pushedAt: Date;
  /** When a task last pulled it. */
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
  /** The layers (and image configurations) that were uploaded to this repository. */
  layers: LayerRow[];
}
export interface UploadRow {
  uploadId: string;
  repositoryName: string;
  /** Its parts in order, by blob key. */
  parts: { key: string; sizeInBytes: number }[];
}

export const ecrStore = () => ({
  repositories: new Table<RepositoryRow>({ isCounted: () => true, lag: 'none' }),
  uploads: new Table<UploadRow>(BOOKKEEPING),
});
export type EcrStore = ReturnType<typeof ecrStore>;
