import type { Source } from '../diagnostics.ts';
import { sourceOf } from '../yaml/positions.ts';
import type { Values } from './fields.ts';

// The mapping of the file that a node was read from, for places of its keywords. A key of the node itself, so that
// copies of it have it too; a symbol, because it concerns nobody else.
const mapping: unique symbol = Symbol('written');

type Node = { readonly source: Source; readonly [mapping]?: Values };

/** What to spread into a node. */
export const writtenAs = (values: Values): { readonly [mapping]: Values } => ({ [mapping]: values });

/** The mapping of the file that a node was read from; empty for one that was made otherwise. */
export const writtenOf = (node: Node): Values => node[mapping] ?? {};

/** Where a keyword of a node is written. */
export const placeOf = (node: Node, key: string): Source => sourceOf(writtenOf(node), key) ?? node.source;
