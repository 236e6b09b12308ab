/** The condition of a small stack, for tests of the report. */
import type { Cost } from '../../../lib/cost/cost.ts';
import type { StatusResult, TaskStatus } from '../../../lib/run/status-results.ts';

export const COST: Cost = {
  items: [{ what: 'NAT gateway', perHour: 0.048 }],
  perHour: 0.048,
  pricesOf: '2026-09',
};
export const TASK: TaskStatus = {
  ...{ service: 'web', former: false, id: '43c4f81102554a2d' },
  ...{ status: 'RUNNING', health: 'HEALTHY', revision: 7 },
  ...{ address: '10.0.0.4', startedAt: '2026-12-01T08:55:00.000Z', stoppedReason: null },
  containers: [
    {
      container: 'app',
      status: 'RUNNING',
      health: 'HEALTHY',
      digest: 'sha256:d669aa2879c50c85',
      exitCode: null,
    },
    { container: 'job', status: 'STOPPED', health: 'UNKNOWN', digest: null, exitCode: 0 },
  ],
};
export const RESULT: StatusResult = {
  ...{ stack: 'shop-dev', target: 'sandbox', region: 'eu-west-1', account: '000000000000' },
  ...{ resources: 30, url: 'http://shop', healthy: true },
  services: [
    {
      ...{ service: 'web', revision: 7, desired: 1, running: 1, deployment: 'completed' },
      ...{ warnings: [], healthy: true },
    },
  ],
  loadBalancer: { name: 'shop-dev', dnsName: 'shop-dev-1.elb', state: 'active' },
  records: ['shop.example.com'],
  routes: [
    {
      ...{ paths: '/app', priority: 20, container: 'web/app:5000', trafficPercent: 90 },
      ...{ healthyTargets: 2, targets: 3 },
    },
    {
      ...{ paths: '/', priority: 30, container: null, trafficPercent: 100 },
      ...{ healthyTargets: 0, targets: 0 },
    },
  ],
  deployments: [],
  alarms: [],
  tasks: [TASK],
  events: [],
  cost: { perHour: 0.048, perMonth: 35.04, items: [], pricesOf: '2026-09' },
  egress: null,
};
