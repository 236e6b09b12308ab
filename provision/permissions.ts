/** Warns of permissions that allow more than most programs need. Pure. */
import type { Config, Service } from '../lib/config/config.ts';
import { pathOfService } from '../lib/config/finding.ts';
import type { Event } from '../lib/model/report.ts';

/** The policies of AWS that allow almost everything. */
const WIDE_POLICY = /(^|:policy\/)(AdministratorAccess|PowerUserAccess|IAMFullAccess)$/;

const isAll = (values: readonly string[]): boolean => values.some((value) => /^\*+$/.test(value));

/** Returns a warning for each permission that covers every action, or every action of a service on every resource. */
export const permissionEvents = ({ services }: Config): Event[] =>
  services.flatMap((service) =>
    [...widePermissions(service), ...widePolicies(service)].map((text): Event => ({
      type: 'warning',
      text: `${text}: an attacker who takes over a program of ${service.name} may do the same`,
    })),
  );

const widePermissions = (service: Service): string[] =>
  service.permissions.flatMap(({ actions, resources }, index) => {
    const path = `${pathOfService(service, 'permissions').join('.')}[${index}]`;
    if (isAll(actions))
      return [`${path} allows every action of AWS${isAll(resources) ? ' on everything in the account' : ''}`];
    const wide = actions.filter((action) => /:\*+$/.test(action));
    return isAll(resources) && wide.length > 0
      ? [`${path} allows ${wide.join(' and ')} on every resource`]
      : [];
  });

const widePolicies = (service: Service): string[] =>
  service.managedPolicies
    .filter((policy) => WIDE_POLICY.test(policy))
    .map((policy) => `${pathOfService(service, 'managedPolicies').join('.')} contains ${policy}`);
