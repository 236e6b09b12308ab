/** Parses the manifests of pushed images: a manifest names the layers of an image, or the images of an index. */
import * as z from 'zod';
import { ownProperty } from '../../own-property.ts';
import { checkJsonSize } from '../../protocol/limits.ts';
import { isDigest, issuesOf } from './checks.ts';
import { invalidParameter } from './errors.ts';

/** The platform of an image in an index. */
export interface Platform {
  readonly os: string;
  readonly architecture: 'amd64' | 'arm64';
}

const digest = z.string().refine(isDigest, 'must be sha256:<64 hexadecimal digits>');
const descriptor = z.object({ mediaType: z.string().optional(), digest, size: z.number().optional() });
const image = z.object({
  mediaType: z.string().optional(),
  config: descriptor,
  layers: z.array(descriptor),
});
const index = z.object({
  mediaType: z.string().optional(),
  manifests: z.array(
    descriptor.extend({ platform: z.object({ os: z.string(), architecture: z.string() }).optional() }),
  ),
});

/** The schemas of the media types that the sandbox accepts: OCI's, and Docker's version 2 schema 2. */
const SCHEMAS = {
  'application/vnd.oci.image.manifest.v1+json': image,
  'application/vnd.docker.distribution.manifest.v2+json': image,
  'application/vnd.oci.image.index.v1+json': index,
  'application/vnd.docker.distribution.manifest.list.v2+json': index,
} as const;

/** A manifest of one image, or an index of several. */
export type Manifest =
  ({ readonly kind: 'image' } & z.infer<typeof image>) | ({ readonly kind: 'index' } & z.infer<typeof index>);

const invalid = (constraint: string) => invalidParameter('ImageManifest', constraint);

/**
 * Parses a manifest.
 * @throws InvalidParameterException when the text is not a valid manifest
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-manifest-formats.html
 */
export function parseManifest(text: string, mediaType: string): Manifest {
  const schema = ownProperty<(typeof SCHEMAS)[keyof typeof SCHEMAS]>(SCHEMAS, mediaType);
  if (!schema) throw invalid(`Unsupported manifest media type ${mediaType}`);
  const parsed = schema.safeParse(parseJson(text));
  if (!parsed.success) throw invalid(`Invalid image manifest: ${issuesOf(parsed.error)}`);
  const { data } = parsed;
  return 'layers' in data ? { kind: 'image', ...data } : { kind: 'index', ...data };
}

/**
 * Returns the media type of a manifest: the type in the request, or else the type in the manifest.
 * @throws InvalidParameterException when neither contains a type, or when the two types differ
 */
export function mediaTypeOf(text: string, given: string | undefined): string {
  const declared = z.object({ mediaType: z.string().optional() }).safeParse(parseJson(text)).data?.mediaType;
  if (given !== undefined && declared !== undefined && given !== declared) {
    throw invalid(`Manifest media type ${declared} does not match imageManifestMediaType ${given}`);
  }
  const mediaType = given ?? declared;
  if (mediaType === undefined)
    throw invalid('Image manifest media type must be in the manifest or the request');
  return mediaType;
}

/** @throws RequestEntityTooLarge, SerializationException for a manifest that would take long to check */
function parseJson(text: string): unknown {
  checkJsonSize(Buffer.from(text), false);
  try {
    return JSON.parse(text);
  } catch {
    throw invalid('Invalid JSON syntax');
  }
}
