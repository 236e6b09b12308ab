/** The fields of a container that refer to secrets and to files of variables. */
import * as z from 'zod';
import { file, string } from './field-rules.ts';
import { registrySecret, secretReference } from './secret-reference.ts';

export const variableSources = {
  environmentFile: string(file)
    .optional()
    .describe(
      'a file of environment variables, relative to the configuration, such as .env.production; environment takes precedence',
    ),
  secrets: z
    .record(
      z.string(),
      string(secretReference).describe('the secret, e.g. ssm:/shop/db or secretsmanager:shop/keys#api'),
    )
    .default({})
    .describe('environment variables by name, whose values ECS reads when a task starts'),
  registryCredentials: string(registrySecret)
    .optional()
    .describe(
      'the secret with the username and the password for the registry of image, e.g. secretsmanager:shop/registry',
    ),
};
