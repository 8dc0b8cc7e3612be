/** What may follow a search: expanded queries, augmented vectors, and other orders of its best. */
package dev.remap.core.rerank;
