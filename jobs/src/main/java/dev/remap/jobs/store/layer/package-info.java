/** Layers of tables: plans, units, their records and ledgers, committing and merged reading. */
package dev.remap.jobs.store.layer;
