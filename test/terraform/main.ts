/** `npm run test:terraform`: runs Terraform against the sandbox, or reports what is not installed. */
import { spawnSync } from 'node:child_process';

const PLUGINS = 'SLIPWAY_TERRAFORM_PLUGINS';

function reasonToSkip(): string | undefined {
  if (spawnSync('terraform', ['-version'], { stdio: 'ignore' }).status !== 0) {
    return 'terraform not found (https://developer.hashicorp.com/terraform/install)';
  }
  if (!process.env[PLUGINS]) {
    return `${PLUGINS} is not set to the folder of the AWS provider (from: terraform providers mirror FOLDER)`;
  }
  return undefined;
}

const reason = reasonToSkip();
if (reason === undefined) {
  const jest = new URL('../../node_modules/jest/bin/jest.js', import.meta.url).pathname;
  const { status } = spawnSync(
    process.execPath,
    [jest, '--config', 'test/terraform/jest.config.js', ...process.argv.slice(2)],
    { stdio: 'inherit' },
  );
  process.exitCode = status ?? 1;
} else {
  process.stdout.write(`skipped: ${reason}\n`);
}
