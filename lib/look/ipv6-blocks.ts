/** Reads the IPv6 block of a VPC or a subnet. */

/** The association of an IPv6 block. */
export interface Ipv6Association {
  readonly associationId: string;
  readonly block: string;
  readonly isAssociated: boolean;
}

/** An association in a response. */
interface ShownAssociation {
  readonly AssociationId?: string;
  readonly Ipv6CidrBlock?: string;
  readonly Ipv6CidrBlockState?: { readonly State?: string };
}

/**
 * Returns the association that is in effect, or about to be: AWS also lists former ones for a while.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_VpcCidrBlockState.html
 */
export function ipv6AssociationIn(
  associations: readonly ShownAssociation[] | undefined,
): Ipv6Association | undefined {
  const [association] = (associations ?? []).filter(({ Ipv6CidrBlockState }) =>
    ['associating', 'associated'].includes(Ipv6CidrBlockState?.State ?? ''),
  );
  return (
    association && {
      associationId: association.AssociationId ?? '',
      block: association.Ipv6CidrBlock ?? '',
      isAssociated: association.Ipv6CidrBlockState?.State === 'associated',
    }
  );
}
