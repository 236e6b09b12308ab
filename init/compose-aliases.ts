/** Replaces the aliases of a YAML document by the nodes that they name, within limits: aliases of aliases grow exponentially. */
import { isAlias, isCollection, isNode, isPair, type Document, type Node } from 'yaml';

/** The maximum number of nodes, each counted as often as an alias names it: many more than in any file that a person has written. */
const MAX_NODES = 50_000;

/** A node that an alias can name. While the node is still being read, it has no size. */
interface Target {
  readonly node: Node;
  readonly size: number | undefined;
}

/** @throws Error if an alias has no value or contains itself, or if the document is too large without aliases */
export function replaceAliases(document: Document): void {
  const targets = new Map<string, Target>();

  /** Returns the node without aliases, and its size. */
  function replaced(node: unknown): { readonly node: unknown; readonly size: number } {
    if (isAlias(node)) {
      const target = targets.get(node.source);
      if (target?.size === undefined) throw new Error(`the alias *${node.source} does not lead to a value`);
      return { node: target.node, size: target.size };
    }
    if (!isNode(node)) return { node, size: 0 };
    const { anchor } = node as { anchor?: string };
    if (anchor !== undefined) targets.set(anchor, { node, size: undefined });
    const size = isCollection(node) ? sizeOfItems(node.items) : 1;
    if (size > MAX_NODES) throw new Error('it is too long');
    if (anchor !== undefined) targets.set(anchor, { node, size });
    return { node, size };
  }

  function sizeOfItems(items: unknown[]): number {
    let sum = 1;
    for (const [index, item] of items.entries()) {
      if (isPair(item)) {
        const [key, value] = [replaced(item.key), replaced(item.value)];
        Object.assign(item, { key: key.node, value: value.node });
        sum += key.size + value.size;
      } else {
        const { node, size } = replaced(item);
        items[index] = node;
        sum += size;
      }
    }
    return sum;
  }

  replaced(document.contents);
}
