// The stack that `npm run provision` creates: two APIs in one task, behind one load balancer.
import { defineStack } from './lib/config/define.ts';

export default defineStack({
  name: 'slipway',
  region: 'eu-west-1',
  domain: { name: 'api.slipway.localhost', zone: 'slipway.localhost', createZone: true },
  services: {
    shop: {
      cpu: 256,
      memory: 512,
      containers: {
        api1: {
          source: 'services/api1',
          port: 5000,
          path: '/api1',
          health: { path: '/health' },
          environment: { CATALOGUE_URL: 'http://localhost:6000' },
        },
        api2: { source: 'services/api2', port: 6000, path: '/api2', health: { path: '/health' } },
      },
    },
  },
});
