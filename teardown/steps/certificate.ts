/** Removes the certificate that the stack requested, once no load balancer uses it. */
import { DeleteCertificateCommand } from '@aws-sdk/client-acm';
import { ignoringNotFound } from '../../lib/engine/delete.ts';
import type { Removal } from '../../lib/engine/step.ts';

export const certificate: Removal<'certificate'> = {
  /** A listener may be deleted together with its load balancer. */
  after: ['loadBalancer'],
  /** @see https://docs.aws.amazon.com/acm/latest/APIReference/API_DeleteCertificate.html */
  remove: ({ aws, existing }) =>
    ignoringNotFound(() =>
      aws.acm(new DeleteCertificateCommand({ CertificateArn: existing.certificateArn })),
    ),
};
