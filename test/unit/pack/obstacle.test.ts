// Obstacles to the command of the package: each is a problem with four parts, and names the fix.
import { expect, test } from '@jest/globals';
import { obstacleFor } from '../../../pack/obstacle.ts';

test.each(['20.19.0', '20.20.1', '22.0.0', '24.4.0'])('Node %s runs the command', (node) => {
  expect(obstacleFor({ node }, 'npx slipway')).toBeUndefined();
});

test.each([
  [{ node: '18.20.8' }, /Node 20\.19 or newer.*This is Node 18\.20\.8.*Install a newer version/s],
  [{ node: '20.18.3' }, /Node 20\.19 or newer.*This is Node 20\.18\.3/s],
  [{ node: '22.0.0', pnp: '3' }, /Plug and Play.*nodeLinker: node-modules.*run yarn slipway again/s],
])('%j is a problem', (versions, text) => {
  const shown = obstacleFor(versions, 'yarn slipway') ?? '';
  expect(shown).toMatch(text);
  expect(shown.match(/^(?:problem|  why|  now|  to do) {1,4}\S/gm)).toHaveLength(4);
});
