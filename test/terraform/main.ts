/** `npm run test:terraform`: runs Terraform against the sandbox, or reports what is not installed. */
import { canRun, runJest } from '../run-jest.ts';

const PLUGINS = 'SLIPWAY_TERRAFORM_PLUGINS';
const MODULES = 'SLIPWAY_TERRAFORM_MODULES';

function reasonToSkip(): string | undefined {
  if (!canRun('terraform', '-version')) {
    return 'terraform not found (https://developer.hashicorp.com/terraform/install)';
  }
  if (!process.env[PLUGINS]) {
    return `${PLUGINS} is not set to the folder of the AWS provider (from: terraform providers mirror FOLDER)`;
  }
  return undefined;
}

const reason = reasonToSkip();
if (reason === undefined) {
  if (!process.env[MODULES]) {
    process.stdout.write(
      `skipped: the test of the public modules, because ${MODULES} is not set to the folder that holds them\n`,
    );
  }
  process.exitCode = runJest('test/terraform');
} else {
  process.stdout.write(`skipped: ${reason}\n`);
}
