/** Checks a CBOR document before it is parsed: the parser trusts its lengths, and takes minutes for a huge decimal or integer. */
import { malformedDocument } from './typed-values.ts';

const MAX_DEPTH = 64;
/** The major types of items that have contents. The first two are strings. */
const [BYTES, TEXT, LIST, MAP, TAG] = [2, 3, 4, 5, 6];
/** The tag of a time. AWS's models have no big integers and no decimals. */
const TIME = 1;
/** The byte that ends an item of unknown length. */
const BREAK = 0xff;

/** The first bytes of an item. */
interface Head {
  readonly major: number;
  /** The number of bytes or items that follow, or the tag. Undefined if the length is unknown. */
  readonly argument: number | undefined;
  /** The position after these bytes. */
  readonly end: number;
}

/**
 * Checks the lengths, the depth and the tags of a document.
 * @throws SerializationException for more than 64 levels, for other tags than that of times, and for keys that are not text
 * @throws RangeError when the document ends too early
 * @see https://www.rfc-editor.org/rfc/rfc8949.html#section-3
 */
export function checkCborItems({ buffer, byteOffset, byteLength }: Uint8Array): void {
  const view = new DataView(buffer, byteOffset, byteLength);
  /** Returns the position after an item. */
  const endOf = (start: number, depth: number): number => {
    if (depth > MAX_DEPTH) throw malformedDocument(`The request body has more than ${MAX_DEPTH} levels`);
    const { major, argument, end } = headAt(view, start);
    if (major === TAG && argument !== TIME)
      throw malformedDocument(`The request body has the unknown tag ${argument}`);
    if (argument !== undefined && (major === BYTES || major === TEXT)) return end + argument;
    const items =
      argument === undefined ? Infinity : ({ [LIST]: argument, [MAP]: 2 * argument, [TAG]: 1 }[major] ?? 0);
    let position = end;
    for (let item = 0; item < items; item += 1) {
      const first = view.getUint8(position);
      if (argument === undefined && first === BREAK) return position + 1;
      // The parser reads every key as text, so any other key would make it see other items than this function.
      if (major === MAP && item % 2 === 0 && first >> 5 !== TEXT)
        throw malformedDocument('A key is not text');
      position = endOf(position, depth + 1);
    }
    return position;
  };
  endOf(0, 0);
}

function headAt(view: DataView, start: number): Head {
  const first = view.getUint8(start);
  const [major, minor] = [first >> 5, first & 31];
  const next = start + 1;
  if (minor < 24) return { major, argument: minor, end: next };
  if (minor === 24) return { major, argument: view.getUint8(next), end: next + 1 };
  if (minor === 25) return { major, argument: view.getUint16(next), end: next + 2 };
  if (minor === 26) return { major, argument: view.getUint32(next), end: next + 4 };
  if (minor === 27) return { major, argument: Number(view.getBigUint64(next)), end: next + 8 };
  return { major, argument: undefined, end: next };
}
