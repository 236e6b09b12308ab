/** Repositories: unique by name, each with its settings for pushes. */
import type * as ECR from '@aws-sdk/client-ecr';
import type { Operations } from '../../operations.ts';
import { page, identityOf, requestedRepository } from './checks.ts';
import { invalidParameter, notImplemented, repositoryExists, repositoryNotEmpty } from './errors.ts';
import { dropUpload, removeLayers } from './layer-rows.ts';
import { cancelExpiry } from './lifecycle.ts';
import { checkMutability } from './mutability.ts';
import { registryOf } from './registry.ts';
import { mergeTags } from './tags.ts';

export const repositoryOperations = {
  /** Refuses a name that already exists, even if the settings are the same. */
  CreateRepository: {
    inputMembers: [
      'registryId',
      'repositoryName',
      'tags',
      'imageTagMutability',
      'imageTagMutabilityExclusionFilters',
      'imageScanningConfiguration',
      'encryptionConfiguration',
    ],
    run(input, region) {
      const { registryId = region.account, repositoryName = '', encryptionConfiguration } = input;
      if (registryId !== region.account) throw notImplemented(`registry of the account ${registryId}`);
      if ((encryptionConfiguration?.encryptionType ?? 'AES256') !== 'AES256') {
        throw notImplemented('encryption other than AES256');
      }
      if (encryptionConfiguration?.kmsKey !== undefined) {
        throw invalidParameter('encryptionConfiguration', 'kmsKey must not be set for AES256');
      }
      const mutability = checkMutability(
        input.imageTagMutability ?? 'MUTABLE',
        input.imageTagMutabilityExclusionFilters,
      );
      const tags = mergeTags([], input.tags);
      if (region.ecr.repositories.has(repositoryName)) {
        throw repositoryExists({ repositoryName, registryId });
      }
      const row = region.ecr.repositories.set(repositoryName, {
        repositoryArn: region.arn('ecr', `repository/${repositoryName}`),
        registryId,
        repositoryName,
        repositoryUri: `${registryOf(region)}/${repositoryName}`,
        createdAt: region.now(),
        ...mutability,
        imageScanningConfiguration: { scanOnPush: input.imageScanningConfiguration?.scanOnPush ?? false },
        encryptionConfiguration: { encryptionType: 'AES256' },
        tags,
        images: [],
        layers: [],
      });
      return { repository: row };
    },
  },

  /** An unknown name fails the whole call. */
  DescribeRepositories: {
    inputMembers: ['registryId', 'repositoryNames', 'maxResults', 'nextToken'],
    run(input, region) {
      const { registryId = region.account, repositoryNames } = input;
      if (repositoryNames) {
        const named = repositoryNames.map((repositoryName) =>
          requestedRepository(region, { registryId, repositoryName }),
        );
        return { repositories: named };
      }
      const all = registryId === region.account ? region.ecr.repositories.all() : [];
      const { rows, next } = page(all, input.maxResults, input.nextToken);
      return { repositories: rows, nextToken: next };
    },
  },

  DeleteRepository: {
    inputMembers: ['registryId', 'repositoryName', 'force'],
    run(input, region) {
      const row = requestedRepository(region, input);
      const identity = identityOf(row);
      if (row.images.length > 0 && !input.force) throw repositoryNotEmpty(identity);
      removeLayers(region, row, () => true);
      const { repositoryName } = row;
      for (const upload of region.ecr.uploads.filter((other) => other.repositoryName === repositoryName)) {
        dropUpload(region, upload);
      }
      cancelExpiry(region, row);
      region.ecr.repositories.delete(repositoryName);
      return { repository: row };
    },
  },

  PutImageScanningConfiguration: {
    inputMembers: ['registryId', 'repositoryName', 'imageScanningConfiguration'],
    run(input, region) {
      const row = requestedRepository(region, input);
      row.imageScanningConfiguration = { scanOnPush: input.imageScanningConfiguration?.scanOnPush ?? false };
      return {
        ...identityOf(row),
        imageScanningConfiguration: row.imageScanningConfiguration,
      };
    },
  },

  PutImageTagMutability: {
    inputMembers: [
      'registryId',
      'repositoryName',
      'imageTagMutability',
      'imageTagMutabilityExclusionFilters',
    ],
    run(input, region) {
      const row = requestedRepository(region, input);
      const mutability = checkMutability(
        input.imageTagMutability ?? 'MUTABLE',
        input.imageTagMutabilityExclusionFilters,
      );
      Object.assign(row, mutability);
      return { ...identityOf(row), ...mutability };
    },
  },
} satisfies Operations<typeof ECR>;
