/** Building, verifying, reading, searching shards, merging results. */
package dev.remap.index.shard;
